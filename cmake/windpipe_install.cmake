# What an installed windpipe is: headers, the library, a CMake package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

option(WINDPIPE_INSTALL "Make install rules for windpipe" ${PROJECT_IS_TOP_LEVEL})
if(NOT WINDPIPE_INSTALL)
  return()
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/windpipe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")
install(TARGETS windpipe windpipe_headers windpipe_asio EXPORT windpipe
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# find_package(windpipe CONFIG): target windpipe::windpipe.
set(windpipe_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/windpipe)
install(EXPORT windpipe NAMESPACE windpipe:: FILE windpipe-targets.cmake DESTINATION ${windpipe_package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/windpipe-config.cmake.in
                              ${PROJECT_BINARY_DIR}/windpipe-config.cmake
                              INSTALL_DESTINATION ${windpipe_package_dir})
# Before 1.0 a minor version may break callers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/windpipe-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/windpipe-config.cmake ${PROJECT_BINARY_DIR}/windpipe-config-version.cmake
        DESTINATION ${windpipe_package_dir})

# pkg-config windpipe. The prefix is said relative to the file itself, so that an installed tree can be moved.
file(RELATIVE_PATH windpipe_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" windpipe_pc_prefix "${windpipe_pc_prefix}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/windpipe.pc.in ${PROJECT_BINARY_DIR}/windpipe.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/windpipe.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
