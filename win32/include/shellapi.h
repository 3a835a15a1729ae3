/* shellapi.h - arguments from a command line. */
#ifndef WINDPIPE_WIN32_SHELLAPI_H
#define WINDPIPE_WIN32_SHELLAPI_H

#include "windef.h"

WINDPIPE_WIN32_BEGIN
/* To be freed with LocalFree. */
LPWSTR* WINAPI CommandLineToArgvW(LPCWSTR lpCmdLine, int* pNumArgs);
WINDPIPE_WIN32_END

#endif
