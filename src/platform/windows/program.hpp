// program.hpp - which file a command's program is.
#pragma once

#include "core/spawn_plan.hpp"

#include <windpipe/error.hpp>

#include <string>

namespace windpipe::platform {

/// The full path of the program. CreateProcessW's own search, which begins in the current directory, is not used.
result<std::u16string> find_program(const spawn_plan& plan);

/// What Win32 takes. Both have 16 bits.
inline const wchar_t* wide(const std::u16string& text) noexcept {
    return reinterpret_cast<const wchar_t*>(text.c_str());
}

} // namespace windpipe::platform
