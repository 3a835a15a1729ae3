# Writes OUT: the commit of FOLDER and whether it was changed since. The programs run where the sources are not.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${FOLDER} rev-parse HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
# The published results and their page are no part of what was measured.
execute_process(COMMAND git -C ${FOLDER} status --porcelain -- .. ":!results" ":!README.md" OUTPUT_VARIABLE changes
                ERROR_QUIET)
set(changed false)
if(changes)
  set(changed true)
endif()
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#pragma once\n#define BENCH_COMMIT \"@commit@\"\n#define BENCH_CHANGED @changed@\n"
     @ONLY)
