# The command as a package for users: the program, its manual page and the completions of the shells, which the program
# writes itself; `cpack` makes a Debian package of them. The library is not in it.
include_guard(GLOBAL)
include(GNUInstallDirs)

install(TARGETS windpipe_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/windpipe RENAME copyright
        COMPONENT tool)
install(FILES ${PROJECT_SOURCE_DIR}/docs/records.md ${PROJECT_SOURCE_DIR}/docs/records.schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/windpipe COMPONENT tool)

# The program is run for them while it is built, which a program for another system, or with a sanitizer, may not be.
option(WINDPIPE_BUILD_PAGES "Build the manual page and the completions of the shells" OFF)
if(WINDPIPE_BUILD_PAGES)
  set(pages ${PROJECT_BINARY_DIR}/pages)
  file(MAKE_DIRECTORY ${pages})
  # windpipe_page(file destination words...): what `windpipe help words...` prints.
  function(windpipe_page file destination)
    add_custom_command(OUTPUT ${pages}/${file} COMMAND windpipe_command help ${ARGN} > ${pages}/${file}
                       DEPENDS windpipe_command VERBATIM)
    set_property(GLOBAL APPEND PROPERTY windpipe_pages ${pages}/${file})
    install(FILES ${pages}/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${destination} COMPONENT tool)
  endfunction()
  windpipe_page(windpipe.1 man/man1 man)
  windpipe_page(windpipe bash-completion/completions completions bash)
  windpipe_page(_windpipe zsh/vendor-completions completions zsh)
  windpipe_page(windpipe.fish fish/vendor_completions.d completions fish)
  windpipe_page(windpipe.ps1 windpipe completions powershell)
  get_property(all_pages GLOBAL PROPERTY windpipe_pages)
  add_custom_target(windpipe_pages ALL DEPENDS ${all_pages})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME windpipe)
set(CPACK_PACKAGE_VENDOR windpipe)
set(CPACK_PACKAGE_CONTACT "The windpipe project <windpipe@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "run pipelines of programs safely, with a status for each stage")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL tool)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME windpipe)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_STRIP_FILES ON)
include(CPack)
