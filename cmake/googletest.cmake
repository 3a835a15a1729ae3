# GoogleTest from the sources that Debian ships (package googletest): Debian has no binaries of it for mingw-w64, and for
# Linux only without the sanitizers.
include_guard(GLOBAL)

set(WINDPIPE_GOOGLETEST /usr/src/googletest CACHE PATH "Sources of GoogleTest")
if(NOT EXISTS ${WINDPIPE_GOOGLETEST}/CMakeLists.txt)
  message(FATAL_ERROR "No GoogleTest sources in ${WINDPIPE_GOOGLETEST}; on Debian they are in the package googletest")
endif()
set(INSTALL_GTEST OFF CACHE BOOL "" FORCE)
add_subdirectory(${WINDPIPE_GOOGLETEST} ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL SYSTEM)
