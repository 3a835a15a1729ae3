#include "sys.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

// The path is that of confstr(_CS_PATH), which execvp(3) uses without a PATH.
naming names() noexcept { return {"/", ':', "/bin:/usr/bin", false}; }

result<std::vector<std::string>> environment() {
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        entries.emplace_back(*entry);
    }
    return entries;
}

result<std::optional<std::string>> environment_variable(const std::string& name) {
    const char* const value = ::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

result<void> set_environment_variable(const std::string& name, const std::optional<std::string>& value) {
    if (sys::setenv(name.c_str(), value ? value->c_str() : nullptr) == -1) {
        return sys::failed("environment");
    }
    return {};
}

} // namespace windpipe::platform
