// text.hpp - UTF-16 to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace child_system {

/// A lone surrogate is written as if it were a character: the reader must be able to tell it from others.
std::string narrow(std::wstring_view wide);

} // namespace child_system
