/* windows.h - the chapter of Win32 about pipes, and the processes at their ends. What is not here is absent: it does
   not compile. What is here and works in part only is listed in the README of the layer. */
#ifndef WINDPIPE_WIN32_WINDOWS_H
#define WINDPIPE_WIN32_WINDOWS_H

#include "windef.h"
#include "winerror.h"
#include "winnt.h"

#include "winbase.h"

#ifndef WIN32_LEAN_AND_MEAN
#include "shellapi.h"
#endif

#endif
