/* tchar.h - the C library by names that follow _UNICODE. */
#ifndef WINDPIPE_WIN32_TCHAR_H
#define WINDPIPE_WIN32_TCHAR_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* main() that is called with wide arguments: the layer's own main() calls it. */
#if defined(_UNICODE)
#define _T(text) L##text
#define _tmain wmain
#define _tprintf wprintf
#define _ftprintf fwprintf
#define _fputts fputws
#define _fgetts fgetws
#define _puttchar putwchar
#define _tcslen wcslen
#define _tcscpy wcscpy
#define _tcsncpy wcsncpy
#define _tcscat wcscat
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcsicmp wcscasecmp
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _istspace iswspace
typedef wchar_t _TCHAR;
#else
#define _T(text) text
#define _tmain main
#define _tprintf printf
#define _ftprintf fprintf
#define _fputts fputs
#define _fgetts fgets
#define _puttchar putchar
#define _tcslen strlen
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsicmp strcasecmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcstol strtol
#define _tcstoul strtoul
#define _istspace isspace
typedef char _TCHAR;
#endif
#define _TEXT(text) _T(text)

#endif
