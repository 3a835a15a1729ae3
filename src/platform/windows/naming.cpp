#include "sys.hpp"

#include "core/environment.hpp"
#include "core/utf16.hpp"

namespace windpipe::platform {

naming names() noexcept { return {"\\/", ';', "", true}; }

// Entries such as "=C:=C:\dir", by which Windows remembers the current directory of each drive, are kept as they are,
// and so is text that is no UTF-16: other programs that read it there must find it in a child, too.
std::vector<std::string> environment() {
    std::vector<std::string> entries;
    wchar_t* const block = sys::gated("GetEnvironmentStringsW") ? nullptr : ::GetEnvironmentStringsW();
    for (const wchar_t* entry = block; entry != nullptr && *entry != L'\0';) {
        const std::u16string_view text(reinterpret_cast<const char16_t*>(entry));
        entries.push_back(to_wtf8(text));
        entry += text.size() + 1;
    }
    if (block != nullptr) {
        ::FreeEnvironmentStringsW(block);
    }
    return entries;
}

std::optional<std::string> environment_variable(const std::string& name) {
    return find_variable(environment(), name, true);
}

} // namespace windpipe::platform
