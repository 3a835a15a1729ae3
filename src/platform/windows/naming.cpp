#include "program.hpp"
#include "sys.hpp"

#include "core/environment.hpp"
#include "core/utf16.hpp"

namespace windpipe::platform {

naming names() noexcept { return {"\\/", ';', "", true}; }

// Entries such as "=C:=C:\dir", by which Windows remembers the current directory of each drive, are kept as they are,
// and so is text that is no UTF-16: other programs that read it there must find it in a child, too.
result<std::vector<std::string>> environment() {
    std::vector<std::string> entries;
    wchar_t* const block = sys::gated("GetEnvironmentStringsW") ? nullptr : ::GetEnvironmentStringsW();
    if (block == nullptr) {
        return sys::failed("environment");
    }
    for (const wchar_t* entry = block; *entry != L'\0';) {
        const std::u16string_view text(reinterpret_cast<const char16_t*>(entry));
        entries.push_back(to_wtf8(text));
        entry += text.size() + 1;
    }
    ::FreeEnvironmentStringsW(block);
    return entries;
}

result<std::optional<std::string>> environment_variable(const std::string& name) {
    const auto entries = environment();
    return entries ? result<std::optional<std::string>>(find_variable(*entries, name, true))
                   : std::unexpected(entries.error());
}

result<void> set_environment_variable(const std::string& name, const std::optional<std::string>& value) {
    const auto wide_name = to_utf16(name, "environment");
    const auto wide_value = to_utf16(value.value_or(std::string()), "environment");
    if (!wide_name || !wide_value) {
        return std::unexpected((wide_name ? wide_value : wide_name).error());
    }
    if (!sys::set_environment_variable(wide(*wide_name), value ? wide(*wide_value) : nullptr)) {
        return sys::failed("environment");
    }
    return {};
}

} // namespace windpipe::platform
