# Runs a program and compares what it writes and how it exits. As a script:
#   cmake -D EXPECTED=file -D STATUS=0 [-D ERRORS=regex] -P check_output.cmake -- program argument...
# Ends of line are compared as "\n": a Windows program that writes text writes "\r\n".
set(command "")
math(EXPR last "${CMAKE_ARGC} - 1")
set(found FALSE)
foreach(index RANGE ${last})
  if(found)
    list(APPEND command "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(found TRUE)
  endif()
endforeach()

execute_process(COMMAND ${command} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)

string(REPLACE "\r\n" "\n" output "${output}")
set(expected "")
if(EXPECTED)
  file(READ "${EXPECTED}" expected)
endif()

if(NOT status STREQUAL STATUS)
  message(FATAL_ERROR "it ended with '${status}', expected '${STATUS}'\noutput:\n${output}\nerrors:\n${errors}")
endif()
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "output:\n${output}\nexpected:\n${expected}\nerrors:\n${errors}")
endif()
if(ERRORS AND NOT errors MATCHES "${ERRORS}")
  message(FATAL_ERROR "errors:\n${errors}\nexpected to match: ${ERRORS}")
endif()
