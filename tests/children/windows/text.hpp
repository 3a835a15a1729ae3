// text.hpp - UTF-16 to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace child_system {

std::string narrow(std::wstring_view wide);

} // namespace child_system
