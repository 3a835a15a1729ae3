# Builds for 64-bit Windows 10 and newer on a Linux machine, by mingw-w64 with its posix threads (std::thread and
# std::mutex need them). The programs hold all of their run-time libraries, so that nothing has to lie beside them.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(windpipe_mingw x86_64-w64-mingw32)
find_program(CMAKE_CXX_COMPILER NAMES ${windpipe_mingw}-g++-posix REQUIRED)
find_program(CMAKE_C_COMPILER NAMES ${windpipe_mingw}-gcc-posix REQUIRED) # for libraries around windpipe that are C
find_program(CMAKE_RC_COMPILER NAMES ${windpipe_mingw}-windres REQUIRED)

# What <windows.h> shows: Windows 10, the wide calls, neither min and max macros nor the rarely used parts.
set(windpipe_mingw_definitions
    "-D_WIN32_WINNT=0x0A00 -DUNICODE -D_UNICODE -DNOMINMAX -DWIN32_LEAN_AND_MEAN")
set(CMAKE_C_FLAGS_INIT "${windpipe_mingw_definitions}")
# The other semaphore of libstdc++: the usual one loses wake-ups where there is no futex, up to GCC 12 at least, and with it
# the destructor of a std::stop_callback can wait for ever. All parts of a program must agree on it.
set(CMAKE_CXX_FLAGS_INIT "${windpipe_mingw_definitions} -D_GLIBCXX_USE_POSIX_SEMAPHORE")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

# Headers and libraries come from mingw-w64 alone, never from the machine that builds.
set(CMAKE_FIND_ROOT_PATH /usr/${windpipe_mingw})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
