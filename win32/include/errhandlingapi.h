/* errhandlingapi.h - the last error of the thread. */
#ifndef WINDPIPE_WIN32_ERRHANDLINGAPI_H
#define WINDPIPE_WIN32_ERRHANDLINGAPI_H

#include "windef.h"
#include "winerror.h"

WINDPIPE_WIN32_BEGIN
DWORD WINAPI GetLastError(VOID);
VOID WINAPI SetLastError(DWORD dwErrCode);
WINDPIPE_WIN32_END

#endif
