# The other libraries, where they are installed.
find_package(Boost 1.80 QUIET COMPONENTS filesystem)
if(Boost_FOUND)
  bench_add_worker(boost_v1 SOURCES peers/boost_v1.cpp LINK Boost::filesystem)
  bench_add_worker(boost_v2 SOURCES peers/boost_v2.cpp LINK Boost::filesystem)
  bench_add_worker(boost_queue SOURCES peers/boost_queue.cpp LINK Boost::headers)
else()
  bench_absent("Boost" "no Boost 1.80 or newer with filesystem (Debian: libboost1.81-dev libboost-filesystem1.81-dev)")
endif()

bench_add_worker(spsc SOURCES peers/spsc.cpp)
bench_add_worker(win32 SOURCES peers/win32.cpp LINK windpipe::win32 DEFINE WINDPIPE_VERSION="${PROJECT_VERSION}")

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(LIBUV QUIET IMPORTED_TARGET libuv)
endif()
if(LIBUV_FOUND)
  bench_add_worker(libuv SOURCES peers/libuv.cpp LINK PkgConfig::LIBUV)
else()
  bench_absent("libuv" "not found by pkg-config (Debian: libuv1-dev)")
endif()

find_package(Poco QUIET COMPONENTS Foundation)
if(Poco_FOUND)
  bench_add_worker(poco SOURCES peers/poco.cpp LINK Poco::Foundation)
else()
  bench_absent("Poco" "no Poco Foundation (Debian: libpoco-dev)")
endif()

# The distribution's interpreter first: a version manager's shim would be measured instead of Python.
find_program(BENCH_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(BENCH_PYTHON python3)
if(BENCH_PYTHON)
  list(APPEND workers
       "{\"name\": \"python\", \"start\": [\"${BENCH_PYTHON}\", \"${CMAKE_CURRENT_SOURCE_DIR}/peers/python.py\"]}")
else()
  bench_absent("Python subprocess" "no python3")
endif()
