# What `cmake --install` and `cpack -G DEB` put where. Debian 12 and 13.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME siftd)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "siftd maintainers <maintainers@siftd.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "news feed daemon: polls, cleans, says each thing once")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "ca-certificates, systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "jq, prometheus")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"siftd polls news feeds politely, fetches the articles behind them, takes the
boilerplate away, drops near-identical copies and streams what is left as
events, one line of JSON each, into files and sockets that other programs
follow. Nothing is lost and nothing is said twice, restarts and crashes
included.
.
It comes with a status page, metrics, and commands that show what it does
and why.")
set(debian ${PROJECT_SOURCE_DIR}/systemd/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# Debian wants these compressed, without a time in them.
set(compressed "")
function(install_compressed source name destination)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/package/${name}.gz)
  add_custom_command(OUTPUT ${file} DEPENDS ${source} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/package
    COMMAND sh -c "gzip -9nc \"$1\" > \"$2\"" gzip ${source} ${file})
  set(compressed ${compressed} ${file} PARENT_SCOPE)
  install(FILES ${file} DESTINATION ${destination})
endfunction()
set(docs ${PROJECT_SOURCE_DIR}/docs)
install_compressed(${docs}/siftd.1 siftd.1 share/man/man1)
install_compressed(${docs}/siftd.toml.5 siftd.toml.5 share/man/man5)
install_compressed(${debian}/changelog changelog.Debian share/doc/siftd)
add_custom_target(package_files ALL DEPENDS ${compressed})

install(FILES ${debian}/lintian-overrides DESTINATION share/lintian/overrides RENAME siftd)
install(FILES ${debian}/copyright ${docs}/events.md ${docs}/event.schema.json
  ${docs}/openapi.json ${docs}/operating.md DESTINATION share/doc/siftd)
install(FILES ${PROJECT_SOURCE_DIR}/systemd/grafana.json
  ${PROJECT_SOURCE_DIR}/systemd/alerts.yml DESTINATION share/doc/siftd/examples)

include(CPack)
