# What the Python package holds beside its pure Python: the component `python` of an installation, which scikit-build-core
# puts into a wheel. The libraries of the system (fmt, simdjson, CRoaring ...) are added by auditwheel: scripts/wheel.
if(LAKELET_PREBUILT)  # packs what another build folder holds; auditwheel adds liblakelet and the engine's library
  foreach(target python_module python_command liblakelet)
    add_custom_target(${target})
  endforeach()
  file(GLOB module ${LAKELET_PREBUILT}/python/lakelet/_lakelet*.so)
  install(PROGRAMS ${module} DESTINATION lakelet COMPONENT python)
  install(PROGRAMS ${LAKELET_PREBUILT}/python/lakelet/bin/lakelet DESTINATION lakelet/bin COMPONENT python)
  return()
endif()
if(NOT TARGET python_module)
  return()
endif()

# The command line over the same liblakelet as the module: the wheel carries the rooms once.
add_executable(python_command EXCLUDE_FROM_ALL src/cli/main.cc)
target_include_directories(python_command PRIVATE $<TARGET_PROPERTY:lakelet_cli,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(python_command PRIVATE $<TARGET_FILE:lakelet_cli> $<TARGET_FILE:lakelet_server> liblakelet ${HTTPLIB_LIBRARY}
  ${EDIT_LIBRARY} simdjson::simdjson fmt::fmt Threads::Threads)
add_dependencies(python_command lakelet_cli lakelet_server)
set_target_properties(python_command PROPERTIES OUTPUT_NAME lakelet RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/python/lakelet/bin)

set_target_properties(python_module liblakelet PROPERTIES INSTALL_RPATH "$ORIGIN")
set_target_properties(python_command PROPERTIES INSTALL_RPATH "$ORIGIN/..")
install(TARGETS python_module LIBRARY DESTINATION lakelet COMPONENT python)
install(TARGETS liblakelet LIBRARY DESTINATION lakelet COMPONENT python NAMELINK_SKIP)
install(TARGETS python_command RUNTIME DESTINATION lakelet/bin COMPONENT python)
if(LAKELET_DUCKDB STREQUAL "prebuilt")
  install(FILES ${LAKELET_DUCKDB_LIB}/libduckdb.so DESTINATION lakelet COMPONENT python)
endif()
