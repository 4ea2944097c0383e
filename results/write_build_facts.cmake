# Writes build_facts.cpp for the tree as it is now, and touches the file only if it says something
# new. Runs at build time: cmake -DSOURCE_DIR= -DOUTPUT= -DVERSION= ... -P write_build_facts.cmake
find_package(Git QUIET)
set(commit "unknown")
set(dirty "false")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE_DIR} rev-parse HEAD
                  OUTPUT_VARIABLE head ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE status)
  if(status EQUAL 0)
    set(commit "${head}")
    execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE_DIR} status --porcelain
                            --untracked-files=no
                    OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      set(dirty "true")
    endif()
  endif()
endif()

string(STRIP "${FLAGS}" FLAGS)
set(text "// Written by write_build_facts.cmake.
#include \"results/build_facts.h\"

namespace results {

const BuildFacts& build_facts() {
  static const BuildFacts kFacts{R\"~(${VERSION})~\",    R\"~(${commit})~\",
                                 R\"~(${COMPILER})~\",   R\"~(${FLAGS})~\",
                                 R\"~(${BUILD_TYPE})~\", R\"~(${SANITIZER})~\", ${dirty}};
  return kFacts;
}

}  // namespace results
")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUTPUT} "${text}")
endif()
