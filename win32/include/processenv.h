/* processenv.h - the surroundings of a process: streams, command line, variables, current directory. */
#ifndef WINDPIPE_WIN32_PROCESSENV_H
#define WINDPIPE_WIN32_PROCESSENV_H

#include "minwinbase.h"

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

WINDPIPE_WIN32_BEGIN
HANDLE WINAPI GetStdHandle(DWORD nStdHandle);
BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle);
LPSTR WINAPI GetCommandLineA(VOID);
LPWSTR WINAPI GetCommandLineW(VOID);
LPTSTR WINAPI GetCommandLine(VOID) WINDPIPE_WIN32_TEXT_CALL(GetCommandLine);
DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize);
DWORD WINAPI GetEnvironmentVariable(LPCTSTR lpName, LPTSTR lpBuffer, DWORD nSize)
    WINDPIPE_WIN32_TEXT_CALL(GetEnvironmentVariable);
BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue);
BOOL WINAPI SetEnvironmentVariable(LPCTSTR lpName, LPCTSTR lpValue) WINDPIPE_WIN32_TEXT_CALL(SetEnvironmentVariable);
LPSTR WINAPI GetEnvironmentStringsA(VOID);
LPWSTR WINAPI GetEnvironmentStringsW(VOID);
LPTSTR WINAPI GetEnvironmentStrings(VOID) WINDPIPE_WIN32_TEXT_CALL(GetEnvironmentStrings);
BOOL WINAPI FreeEnvironmentStringsA(LPSTR penv);
BOOL WINAPI FreeEnvironmentStringsW(LPWSTR penv);
BOOL WINAPI FreeEnvironmentStrings(LPTSTR penv) WINDPIPE_WIN32_TEXT_CALL(FreeEnvironmentStrings);
DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer);
DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer);
DWORD WINAPI GetCurrentDirectory(DWORD nBufferLength, LPTSTR lpBuffer) WINDPIPE_WIN32_TEXT_CALL(GetCurrentDirectory);
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName);
BOOL WINAPI SetCurrentDirectory(LPCTSTR lpPathName) WINDPIPE_WIN32_TEXT_CALL(SetCurrentDirectory);
WINDPIPE_WIN32_END

#endif
