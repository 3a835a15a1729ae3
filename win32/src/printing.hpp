// printing.hpp - printf with the formats of Microsoft.
//
// There, %s in a wide format is a wide string and %S a narrow one; in a narrow format it is the other way round. `I64`,
// `w` and `h` are sizes. Here, a format is translated into what the C library of Linux means by it.
#pragma once

#include "windows.h"

#include <cstdarg>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe::win32 {

/// A flag of the layer's own beside those of FormatMessage: %s is narrow.
constexpr DWORD argument_is_narrow = 0x80000000;

/// The same format for the C library; every string in it is `%s` (narrow) or `%ls` (wide).
std::wstring translated_format(std::wstring_view format, bool narrow);

/// *Returns*: what is printed, whole.
std::wstring printed(const WCHAR* format, va_list arguments);
std::string printed(const char* format, va_list arguments);
/// One value by a format; `narrow` says how the format was written.
std::wstring printed_value(const std::wstring& format, std::uintptr_t value, bool narrow);

} // namespace windpipe::win32
