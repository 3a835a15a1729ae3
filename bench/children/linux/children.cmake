# One file for each processor: there is no C library to hide it.
foreach(child tiny gated)
  add_executable(bench_${child} children/linux/${child}_${CMAKE_SYSTEM_PROCESSOR}.cpp)
  target_include_directories(bench_${child} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_features(bench_${child} PRIVATE cxx_std_23)
  target_compile_options(bench_${child} PRIVATE -fno-stack-protector -fno-asynchronous-unwind-tables)
  target_link_options(bench_${child} PRIVATE -nostdlib -static -Wl,--build-id=none)
endforeach()
