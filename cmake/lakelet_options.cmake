set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(LAKELET_BUILD_TESTS "Build the tests" ON)
option(LAKELET_FUZZ "Build the fuzz targets (clang)" OFF)
set(LAKELET_SANITIZE "" CACHE STRING "Sanitizers for our own code, for example address,undefined or thread")

# Never -DDEBUG: DuckDB's headers change their layout under it, and the prebuilt library was made without.
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wall> $<$<COMPILE_LANGUAGE:CXX>:-Wextra> $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
if(LAKELET_SANITIZE)
  add_compile_options(-fsanitize=${LAKELET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LAKELET_SANITIZE})
  # GCC's flow analysis sees uninitialized members in std::variant and std::optional once it is instrumented.
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  # The prebuilt engine is not instrumented: UBSan's vptr check would need its type information.
  if(LAKELET_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr)
  endif()
endif()

# Rooms whose code waits for people, disks and servers: compiled for size, which the wheel has a limit for.
function(lakelet_small_code)
  foreach(target ${ARGN})
    if(TARGET ${target})
      target_compile_options(${target} PRIVATE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-Os>)
    endif()
  endforeach()
endfunction()

if(LAKELET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# A compiler cache where there is one: a second clone on the same machine finds what the first one built.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
