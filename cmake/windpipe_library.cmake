# The library: one target per layer, so that an include the rules forbid does not compile.
if(WIN32)
  set(WINDPIPE_SYSTEM windows)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(WINDPIPE_SYSTEM linux)
else()
  message(FATAL_ERROR "windpipe has backends for Linux and Windows only, not for ${CMAKE_SYSTEM_NAME}")
endif()

set(windpipe_source_dir ${PROJECT_SOURCE_DIR}/src)

# What a user of the library sees.
add_library(windpipe_headers INTERFACE)
target_include_directories(windpipe_headers INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(windpipe_headers INTERFACE cxx_std_23)

# Warnings for our own code only: not part of what a consumer gets.
add_library(windpipe_warnings INTERFACE)
target_compile_options(windpipe_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU,Clang>:-Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor
    $<$<BOOL:${WINDPIPE_WERROR}>:-Werror>>
  # GCC 12 takes the storage of a std::variant for uninitialised where a sanitizer keeps it from inlining.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:MSVC>:/W4 /utf-8>)

# Layer objects: core sees include/ alone; the rest sees src/ too, and only a backend its own system's headers.
function(windpipe_layer name gate)
  file(GLOB sources CONFIGURE_DEPENDS ${ARGN})
  add_library(${name} OBJECT ${sources})
  target_link_libraries(${name} PRIVATE windpipe_warnings PUBLIC windpipe_headers)
  if(NOT gate STREQUAL "core")
    target_include_directories(${name} PRIVATE ${windpipe_source_dir} ${gate})
  endif()
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# A whole library from the layers. `gate` is the folder of the fault gate: src/platform/gate, or a test's own.
function(windpipe_make_library name gate)
  windpipe_layer(${name}_core core ${windpipe_source_dir}/core/*.cpp)
  windpipe_layer(${name}_neutral ${gate} ${windpipe_source_dir}/*.cpp)
  windpipe_layer(${name}_platform ${gate} ${windpipe_source_dir}/platform/${WINDPIPE_SYSTEM}/*.cpp)
  add_library(${name} STATIC $<TARGET_OBJECTS:${name}_core> $<TARGET_OBJECTS:${name}_neutral>
                             $<TARGET_OBJECTS:${name}_platform>)
  target_link_libraries(${name} PUBLIC windpipe_headers)
  find_package(Threads REQUIRED)
  target_link_libraries(${name} PUBLIC Threads::Threads)
endfunction()

windpipe_make_library(windpipe ${windpipe_source_dir}/platform/gate)
add_library(windpipe::windpipe ALIAS windpipe)

# For <windpipe/asio.hpp>: what Asio wants to be linked with. Its headers are the user's own.
add_library(windpipe_asio INTERFACE)
target_link_libraries(windpipe_asio INTERFACE windpipe $<$<PLATFORM_ID:Windows>:ws2_32 mswsock>)
set_target_properties(windpipe_asio PROPERTIES EXPORT_NAME asio)
add_library(windpipe::asio ALIAS windpipe_asio)
