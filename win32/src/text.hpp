// text.hpp - text as the calls take and give it: bytes that are UTF-8, and wide characters, which are UTF-32 here.
#pragma once

#include "windows.h"

#include <string>
#include <string_view>

namespace windpipe::win32 {

/// *Returns*: what cannot be converted becomes U+FFFD, and `all_valid`, where given, false.
std::wstring widened(std::string_view text, bool* all_valid = nullptr);
std::string narrowed(std::wstring_view text, bool* all_valid = nullptr);

/// NULL is empty.
inline std::string narrowed_or_empty(const WCHAR* text) { return text != nullptr ? narrowed(text) : std::string(); }

/// A path of Windows as one of ours: backslashes are slashes.
std::string path_of(std::string_view name);

/// Gives text to a caller as the calls with a buffer and a size do.
///
/// *Returns*: its length; where it does not fit, the size needed with its NUL, and nothing is written.
template <class Char>
DWORD give_text(std::basic_string_view<Char> text, Char* buffer, DWORD size) noexcept {
    if (buffer == nullptr || size <= text.size()) {
        return static_cast<DWORD>(text.size() + 1);
    }
    text.copy(buffer, text.size());
    buffer[text.size()] = 0;
    return static_cast<DWORD>(text.size());
}

} // namespace windpipe::win32
