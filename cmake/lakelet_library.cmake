# build/liblakelet.so: the public API with every room below it. Programs need include/lakelet, this and the engine's library.
get_property(rooms GLOBAL PROPERTY LAKELET_ROOMS)
list(REMOVE_ITEM rooms lakelet_server)  # a surface, with libraries of its own
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/liblakelet.cc CONTENT "// The rooms are linked in whole.\n")
add_library(liblakelet SHARED ${CMAKE_BINARY_DIR}/liblakelet.cc)
set_target_properties(liblakelet PROPERTIES OUTPUT_NAME lakelet VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(archives ${rooms})
list(TRANSFORM archives REPLACE "(.+)" "$<TARGET_FILE:\\1>")
target_link_libraries(liblakelet PRIVATE -Wl,--whole-archive ${archives} -Wl,--no-whole-archive lakelet_lake)
add_dependencies(liblakelet ${rooms})
target_include_directories(liblakelet INTERFACE ${CMAKE_SOURCE_DIR}/include)
