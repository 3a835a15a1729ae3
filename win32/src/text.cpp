#include "text.hpp"

#include "last_error.hpp"

#include <algorithm>
#include <new>

namespace windpipe::win32 {

namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_scalar(char32_t c) { return c < 0xD800 || (c > 0xDFFF && c < 0x110000); }

/// The next character of a UTF-8 text, or `replacement` with `valid` false for one byte that is none.
char32_t take_character(std::string_view& text, bool& valid) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    constexpr unsigned one = 0x80;
    std::size_t length = 1;
    char32_t c = first;
    char32_t least = 0;
    if (first >= 0xF0 && first < 0xF8) {
        length = 4;
        c = first & 0x07U;
        least = 0x10000;
    } else if (first >= 0xE0 && first < 0xF0) {
        length = 3;
        c = first & 0x0FU;
        least = 0x800;
    } else if (first >= 0xC0 && first < 0xE0) {
        length = 2;
        c = first & 0x1FU;
        least = one;
    }
    bool good = length <= text.size() && (length > 1 || first < one);
    for (std::size_t i = 1; good && i < length; ++i) {
        good = (byte(i) & 0xC0U) == one;
        c = (c << 6U) | (byte(i) & 0x3FU);
    }
    good = good && c >= least && is_scalar(c);
    text.remove_prefix(good ? length : 1);
    valid = valid && good;
    return good ? c : replacement;
}

void put_character(std::string& text, char32_t c) {
    constexpr unsigned six_bits = 0x3F;
    constexpr unsigned following = 0x80;
    if (c < following) {
        text += static_cast<char>(c);
        return;
    }
    if (c < 0x800) {
        text += static_cast<char>(0xC0U | (c >> 6U));
    } else {
        if (c < 0x10000) {
            text += static_cast<char>(0xE0U | (c >> 12U));
        } else {
            text += static_cast<char>(0xF0U | (c >> 18U));
            text += static_cast<char>(following | ((c >> 12U) & six_bits));
        }
        text += static_cast<char>(following | ((c >> 6U) & six_bits));
    }
    text += static_cast<char>(following | (c & six_bits));
}

} // namespace

std::wstring widened(std::string_view text, bool* all_valid) {
    std::wstring wide;
    wide.reserve(text.size());
    bool valid = true;
    while (!text.empty()) {
        wide += static_cast<wchar_t>(take_character(text, valid));
    }
    if (all_valid != nullptr) {
        *all_valid = valid;
    }
    return wide;
}

std::string narrowed(std::wstring_view text, bool* all_valid) {
    std::string bytes;
    bytes.reserve(text.size());
    bool valid = true;
    for (const wchar_t wide : text) {
        const auto c = static_cast<char32_t>(wide);
        valid = valid && is_scalar(c);
        put_character(bytes, is_scalar(c) ? c : replacement);
    }
    if (all_valid != nullptr) {
        *all_valid = valid;
    }
    return bytes;
}

std::string path_of(std::string_view name) {
    std::string path(name);
    std::ranges::replace(path, '\\', '/');
    return path;
}

namespace {

/// Gives what was converted, as both calls do: the length with a NUL if the source had one.
template <class Char>
int give_converted(const std::basic_string<Char>& text, Char* buffer, int size) {
    if (size == 0) {
        return static_cast<int>(text.size());
    }
    if (static_cast<std::size_t>(size) < text.size()) {
        return fail(ERROR_INSUFFICIENT_BUFFER);
    }
    std::ranges::copy(text, buffer);
    return static_cast<int>(text.size());
}

template <class Char>
bool is_bad(UINT page, const Char* text, int length, const void* buffer, int size) {
    const bool known = page == CP_UTF8 || page == CP_ACP || page == CP_OEMCP;
    return !known || text == nullptr || length == 0 || length < -1 || size < 0 || (size > 0 && buffer == nullptr);
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte,
                               LPWSTR lpWideCharStr, int cchWideChar) {
    if (is_bad(CodePage, lpMultiByteStr, cbMultiByte, lpWideCharStr, cchWideChar)) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if ((dwFlags & ~DWORD{MB_PRECOMPOSED | MB_ERR_INVALID_CHARS}) != 0) {
        return fail(ERROR_INVALID_FLAGS);
    }
    try {
        const std::size_t length = cbMultiByte == -1 ? std::char_traits<char>::length(lpMultiByteStr) + 1
                                                     : static_cast<std::size_t>(cbMultiByte);
        bool valid = true;
        const std::wstring wide = widened({lpMultiByteStr, length}, &valid);
        if (!valid && (dwFlags & MB_ERR_INVALID_CHARS) != 0) {
            return fail(ERROR_NO_UNICODE_TRANSLATION);
        }
        return give_converted(wide, lpWideCharStr, cchWideChar);
    } catch (const std::bad_alloc&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar,
                               LPSTR lpMultiByteStr, int cbMultiByte, LPCSTR /*lpDefaultChar*/,
                               LPBOOL lpUsedDefaultChar) {
    if (is_bad(CodePage, lpWideCharStr, cchWideChar, lpMultiByteStr, cbMultiByte)) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if ((dwFlags & ~DWORD{WC_ERR_INVALID_CHARS}) != 0) {
        return fail(ERROR_INVALID_FLAGS);
    }
    if (lpUsedDefaultChar != nullptr) {
        *lpUsedDefaultChar = FALSE; // UTF-8 has all characters
    }
    try {
        const std::size_t length = cchWideChar == -1 ? std::char_traits<wchar_t>::length(lpWideCharStr) + 1
                                                     : static_cast<std::size_t>(cchWideChar);
        bool valid = true;
        const std::string bytes = narrowed({lpWideCharStr, length}, &valid);
        if (!valid && (dwFlags & WC_ERR_INVALID_CHARS) != 0) {
            return fail(ERROR_NO_UNICODE_TRANSLATION);
        }
        return give_converted(bytes, lpMultiByteStr, cbMultiByte);
    } catch (const std::bad_alloc&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

} // extern "C"
