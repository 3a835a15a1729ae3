# The checks that need no build, as tests of the preset `check`. Each is a script with one job.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(windpipe_check name script)
  add_test(NAME check/${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/check/${script}.py ${ARGN})
  set_tests_properties(check/${name} PROPERTIES LABELS check TIMEOUT 1800)
endfunction()

windpipe_check(clang_tidy tidy ${PROJECT_BINARY_DIR})
# It uses all processors by itself.
set_tests_properties(check/clang_tidy PROPERTIES PROCESSORS 2)
windpipe_check(layout format)
windpipe_check(includes includes)
windpipe_check(budgets budgets)
windpipe_check(quotes_of_examples snippets)
windpipe_check(links links)
windpipe_check(surroundings surroundings)
windpipe_check(reference reference)
add_test(NAME check/bench_tables COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/bench/make_tables.py --check)
add_test(NAME check/performance_picture
         COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/docs/make_performance_svg.py --check)
add_test(NAME check/semantics COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/docs/check_semantics.py)
add_test(NAME check/win32_rows COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/docs/check_win32_rows.py)
set_tests_properties(check/bench_tables check/performance_picture check/semantics check/win32_rows
                     PROPERTIES LABELS check TIMEOUT 60)
# By all processors.
windpipe_check(fuzz fuzz ${PROJECT_BINARY_DIR})
set_tests_properties(check/fuzz PROPERTIES PROCESSORS 2)
# It builds the command at its first run.
windpipe_check(dev_script dev)
set_tests_properties(check/dev_script PROPERTIES PROCESSORS 2)
