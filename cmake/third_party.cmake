# The libraries around windpipe: for its command, tests and benches, never for the library itself. All are headers alone
# here, so that the same Debian packages serve Linux and mingw-w64. mingw-w64 must not see /usr/include as a whole, where
# the headers of Linux are; therefore each target shows a folder that holds a link to its own headers and nothing else.
include_guard(GLOBAL)

# windpipe_header_only(name folder package): target windpipe_<name> for #include <folder/...>.
function(windpipe_header_only name folder package)
  # Not by way of PATH: /usr/bin/fmt is a program.
  find_path(WINDPIPE_${name}_INCLUDE ${folder} PATHS /usr/include /usr/local/include NO_DEFAULT_PATH
            NO_CMAKE_FIND_ROOT_PATH)
  if(NOT WINDPIPE_${name}_INCLUDE)
    message(FATAL_ERROR "The headers <${folder}/...> are missing; on Debian they are in the package ${package}")
  endif()
  set(view ${PROJECT_BINARY_DIR}/third_party/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${WINDPIPE_${name}_INCLUDE}/${folder} ${view}/${folder} SYMBOLIC)
  add_library(windpipe_${name} INTERFACE)
  target_include_directories(windpipe_${name} SYSTEM INTERFACE ${view})
endfunction()

# The optional adapter is built and tested where Asio is: windpipe_asio_headers, with <asio.hpp> and <asio/...>.
find_path(WINDPIPE_ASIO_INCLUDE asio.hpp PATHS /usr/include /usr/local/include NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(WINDPIPE_ASIO_INCLUDE)
  set(asio_view ${PROJECT_BINARY_DIR}/third_party/asio)
  file(MAKE_DIRECTORY ${asio_view})
  file(CREATE_LINK ${WINDPIPE_ASIO_INCLUDE}/asio ${asio_view}/asio SYMBOLIC)
  file(CREATE_LINK ${WINDPIPE_ASIO_INCLUDE}/asio.hpp ${asio_view}/asio.hpp SYMBOLIC)
  add_library(windpipe_asio_headers INTERFACE)
  target_include_directories(windpipe_asio_headers SYSTEM INTERFACE ${asio_view})
  if(CMAKE_CXX_FLAGS_DEBUG MATCHES "sanitize=thread") # which does not know std::atomic_thread_fence
    target_compile_definitions(windpipe_asio_headers INTERFACE ASIO_DISABLE_FENCED_BLOCK)
  endif()
else()
  message(STATUS "Asio (Debian: libasio-dev) is not installed: <windpipe/asio.hpp> is not tested")
endif()

windpipe_header_only(cli11 CLI libcli11-dev)
windpipe_header_only(fmt fmt libfmt-dev)
target_compile_definitions(windpipe_fmt INTERFACE FMT_HEADER_ONLY=1)
windpipe_header_only(json nlohmann nlohmann-json3-dev)
