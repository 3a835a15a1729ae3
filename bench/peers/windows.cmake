# The other libraries are measured on Linux.
foreach(peer Boost.Process libuv Poco "Python subprocess")
  bench_absent("${peer}" "not built for Windows here")
endforeach()
