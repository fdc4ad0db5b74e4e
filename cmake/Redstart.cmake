# How the project's parts are declared: one static library per box of the architecture, so that the linker and the include
# check (tests/structure) hold the direction of dependencies.
include_guard()

# redstart_library(NAME FOLDER deps...): every .cc of FOLDER (not of its subfolders) but main.cc, as redstart_NAME.
# A box without sources of its own is an interface that passes its dependencies on.
function(redstart_library name folder)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cc")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(redstart_${name} STATIC ${sources})
    target_link_libraries(redstart_${name} PUBLIC redstart_flags ${ARGN})
    redstart_precompile(redstart_${name})
  else()
    add_library(redstart_${name} INTERFACE)
    target_link_libraries(redstart_${name} INTERFACE redstart_flags ${ARGN})
  endif()
endfunction()

# The standard headers that nearly every file reads, compiled once for all libraries (redstart_pch).
function(redstart_precompiled_header)
  file(WRITE ${CMAKE_BINARY_DIR}/pch.cc.new "// Carries the precompiled header of all libraries.\n")
  file(COPY_FILE ${CMAKE_BINARY_DIR}/pch.cc.new ${CMAKE_BINARY_DIR}/pch.cc ONLY_IF_DIFFERENT)
  add_library(redstart_pch STATIC ${CMAKE_BINARY_DIR}/pch.cc)
  target_link_libraries(redstart_pch PUBLIC redstart_flags)
  target_precompile_headers(redstart_pch PRIVATE
    <algorithm> <array> <atomic> <chrono> <cstdint> <cstring> <deque> <functional> <limits> <memory> <mutex>
    <optional> <span> <string> <string_view> <utility> <vector>
    <absl/container/flat_hash_map.h> <absl/container/inlined_vector.h> <absl/types/span.h>)
endfunction()

function(redstart_precompile target)
  target_precompile_headers(${target} REUSE_FROM redstart_pch)
endfunction()

# redstart_tests(NAME FOLDER libraries...): every *_test.cc of tests/FOLDER as one GoogleTest binary.
function(redstart_tests name folder)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cc")
  if(sources)
    add_executable(${name}_test ${sources})
    target_link_libraries(${name}_test PRIVATE ${ARGN} GTest::gmock GTest::gtest_main)
    # g++ 12 at -O3 sees overruns that are none in `"text" + std::to_string(n)` (its bug 105651).
    target_compile_options(${name}_test PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>)
    target_precompile_headers(${name}_test REUSE_FROM redstart_test_pch)
    # ThreadSanitizer's programs are not run while they are built: they may need tests/other_build.sh.
    set(discovery POST_BUILD)
    if(REDSTART_SANITIZE STREQUAL "thread")
      set(discovery PRE_TEST)
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX "${folder}/" DISCOVERY_TIMEOUT 120
      DISCOVERY_MODE ${discovery} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
