#include "named_pipe_names.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <strings.h>

namespace windpipe::win32 {

std::string pipe_name(const std::string& path) {
    const std::string plain = [&] {
        std::string text(path);
        std::ranges::replace(text, '/', '\\');
        return text;
    }();
    constexpr std::string_view prefix = R"(\\.\pipe\)";
    if (plain.size() <= prefix.size() || ::strncasecmp(plain.c_str(), prefix.data(), prefix.size()) != 0) {
        return {};
    }
    std::string name = plain.substr(prefix.size());
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name;
}

socklen_t pipe_address(const std::string& name, sockaddr_un& address) noexcept {
    constexpr std::string_view prefix = "windpipe-win32-pipe/";
    address = {};
    address.sun_family = AF_UNIX;
    if (1 + prefix.size() + name.size() > sizeof(address.sun_path)) {
        return 0;
    }
    char* const behind = address.sun_path + 1 + prefix.copy(address.sun_path + 1, prefix.size());
    (void)name.copy(behind, name.size());
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + prefix.size() + name.size());
}

unique_handle connect_to(const std::string& name) noexcept {
    unique_handle made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    const socklen_t size = pipe_address(name, address);
    if (size == 0) {
        errno = ENAMETOOLONG;
        return {};
    }
    const bool ok = made && ::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
    return ok ? std::move(made) : unique_handle();
}

} // namespace windpipe::win32
