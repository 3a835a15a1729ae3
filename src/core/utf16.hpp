// utf16.hpp - between windpipe's text (UTF-8) and that of Windows (UTF-16).
#pragma once

#include <windpipe/error.hpp>

#include <string>
#include <string_view>

namespace windpipe {

/// Errors: illegal_byte_sequence for what is not UTF-8, lone surrogates and overlong forms among it; the context tells
/// at which byte. `operation` becomes error::operation.
result<std::u16string> to_utf16(std::string_view text, std::string_view operation);

/// Lone surrogates, which Windows allows in names, become U+FFFD.
std::string to_utf8(std::u16string_view text);

/// The same for text that must come back as it was: lone surrogates are written as if they were characters. What that
/// gives may be no UTF-8. Source: "The WTF-8 encoding", https://wtf-8.codeberg.page/
std::string to_wtf8(std::u16string_view text);
result<std::u16string> from_wtf8(std::string_view text, std::string_view operation);

} // namespace windpipe
