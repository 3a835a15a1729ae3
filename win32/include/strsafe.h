/* strsafe.h - printf into a buffer of a known size, with the formats of Microsoft: in the wide calls %s is wide. */
#ifndef WINDPIPE_WIN32_STRSAFE_H
#define WINDPIPE_WIN32_STRSAFE_H

#include "winerror.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)

typedef char* STRSAFE_LPSTR;
typedef const char* STRSAFE_LPCSTR;
typedef wchar_t* STRSAFE_LPWSTR;
typedef const wchar_t* STRSAFE_LPCWSTR;

WINDPIPE_WIN32_BEGIN
HRESULT WINAPIV StringCchPrintfA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszFormat, ...);
HRESULT WINAPIV StringCchPrintfW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszFormat, ...);
HRESULT WINAPIV StringCchPrintf(LPTSTR pszDest, size_t cchDest, LPCTSTR pszFormat, ...)
    WINDPIPE_WIN32_TEXT_CALL(StringCchPrintf);
HRESULT WINAPI StringCchVPrintfA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszFormat, va_list argList);
HRESULT WINAPI StringCchVPrintfW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszFormat, va_list argList);
HRESULT WINAPI StringCchVPrintf(LPTSTR pszDest, size_t cchDest, LPCTSTR pszFormat, va_list argList)
    WINDPIPE_WIN32_TEXT_CALL(StringCchVPrintf);
HRESULT WINAPI StringCchCopyA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszSrc);
HRESULT WINAPI StringCchCopyW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszSrc);
HRESULT WINAPI StringCchCopy(LPTSTR pszDest, size_t cchDest, LPCTSTR pszSrc) WINDPIPE_WIN32_TEXT_CALL(StringCchCopy);
HRESULT WINAPI StringCchCatA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszSrc);
HRESULT WINAPI StringCchCatW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszSrc);
HRESULT WINAPI StringCchCat(LPTSTR pszDest, size_t cchDest, LPCTSTR pszSrc) WINDPIPE_WIN32_TEXT_CALL(StringCchCat);
HRESULT WINAPI StringCchLengthA(STRSAFE_LPCSTR psz, size_t cchMax, size_t* pcchLength);
HRESULT WINAPI StringCchLengthW(STRSAFE_LPCWSTR psz, size_t cchMax, size_t* pcchLength);
HRESULT WINAPI StringCchLength(LPCTSTR psz, size_t cchMax, size_t* pcchLength)
    WINDPIPE_WIN32_TEXT_CALL(StringCchLength);
WINDPIPE_WIN32_END

#endif
