#include "strsafe.h"

#include "printing.hpp"

#include <algorithm>
#include <new>

namespace windpipe::win32 {

namespace {

template <class Char>
bool is_bad(const Char* destination, std::size_t size) {
    return destination == nullptr || size == 0 || size > STRSAFE_MAX_CCH;
}

/// What fits, with its NUL always.
template <class Char>
HRESULT give(std::basic_string_view<Char> text, Char* destination, std::size_t size) {
    const std::size_t fits = std::min(text.size(), size - 1);
    std::copy_n(text.data(), fits, destination);
    destination[fits] = 0;
    return fits == text.size() ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

template <class Char>
HRESULT print(Char* destination, std::size_t size, const Char* format, va_list arguments) {
    if (is_bad(destination, size)) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    try {
        constexpr Char nothing = 0;
        const std::basic_string<Char> text = printed(format != nullptr ? format : &nothing, arguments);
        return give(std::basic_string_view<Char>(text), destination, size);
    } catch (const std::bad_alloc&) {
        *destination = 0;
        return E_FAIL;
    }
}

template <class Char>
HRESULT copy(Char* destination, std::size_t size, const Char* source) {
    return is_bad(destination, size)
               ? STRSAFE_E_INVALID_PARAMETER
               : give(source != nullptr ? std::basic_string_view<Char>(source) : std::basic_string_view<Char>(),
                      destination, size);
}

template <class Char>
HRESULT append(Char* destination, std::size_t size, const Char* source) {
    if (is_bad(destination, size)) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    const Char* const end = std::find(destination, destination + size, Char{0});
    const auto used = static_cast<std::size_t>(end - destination);
    return used == size ? STRSAFE_E_INVALID_PARAMETER : copy(destination + used, size - used, source);
}

template <class Char>
HRESULT length(const Char* text, std::size_t most, std::size_t* found) {
    if (text == nullptr || most == 0 || most > STRSAFE_MAX_CCH) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    const auto used = static_cast<std::size_t>(std::find(text, text + most, Char{0}) - text);
    if (found != nullptr) {
        *found = used < most ? used : 0;
    }
    return used < most ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

HRESULT WINAPI StringCchVPrintfA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszFormat, va_list argList) {
    return print(pszDest, cchDest, pszFormat, argList);
}
HRESULT WINAPI StringCchVPrintfW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszFormat, va_list argList) {
    return print(pszDest, cchDest, pszFormat, argList);
}

HRESULT WINAPIV StringCchPrintfA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszFormat, ...) {
    va_list arguments;
    va_start(arguments, pszFormat);
    const HRESULT outcome = print(pszDest, cchDest, pszFormat, arguments);
    va_end(arguments);
    return outcome;
}
HRESULT WINAPIV StringCchPrintfW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszFormat, ...) {
    va_list arguments;
    va_start(arguments, pszFormat);
    const HRESULT outcome = print(pszDest, cchDest, pszFormat, arguments);
    va_end(arguments);
    return outcome;
}

HRESULT WINAPI StringCchCopyA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszSrc) {
    return copy(pszDest, cchDest, pszSrc);
}
HRESULT WINAPI StringCchCopyW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszSrc) {
    return copy(pszDest, cchDest, pszSrc);
}
HRESULT WINAPI StringCchCatA(STRSAFE_LPSTR pszDest, size_t cchDest, STRSAFE_LPCSTR pszSrc) {
    return append(pszDest, cchDest, pszSrc);
}
HRESULT WINAPI StringCchCatW(STRSAFE_LPWSTR pszDest, size_t cchDest, STRSAFE_LPCWSTR pszSrc) {
    return append(pszDest, cchDest, pszSrc);
}
HRESULT WINAPI StringCchLengthA(STRSAFE_LPCSTR psz, size_t cchMax, size_t* pcchLength) {
    return length(psz, cchMax, pcchLength);
}
HRESULT WINAPI StringCchLengthW(STRSAFE_LPCWSTR psz, size_t cchMax, size_t* pcchLength) {
    return length(psz, cchMax, pcchLength);
}

int WINAPIV wsprintfA(LPSTR lpOut, LPCSTR lpFmt, ...) {
    constexpr std::size_t most = 1025; // documented: 1024 and a NUL
    va_list arguments;
    va_start(arguments, lpFmt);
    (void)print(lpOut, most, lpFmt, arguments);
    va_end(arguments);
    return lpOut != nullptr ? lstrlenA(lpOut) : 0;
}
int WINAPIV wsprintfW(LPWSTR lpOut, LPCWSTR lpFmt, ...) {
    constexpr std::size_t most = 1025;
    va_list arguments;
    va_start(arguments, lpFmt);
    (void)print(lpOut, most, lpFmt, arguments);
    va_end(arguments);
    return lpOut != nullptr ? lstrlenW(lpOut) : 0;
}

} // extern "C"
