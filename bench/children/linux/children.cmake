# One file for each processor: there is no C library to hide it.
add_executable(bench_tiny children/linux/tiny_${CMAKE_SYSTEM_PROCESSOR}.cpp)
target_compile_options(bench_tiny PRIVATE -fno-stack-protector -fno-asynchronous-unwind-tables)
target_link_options(bench_tiny PRIVATE -nostdlib -static -Wl,--build-id=none)
