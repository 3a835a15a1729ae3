#include "call.hpp"

namespace differential {

namespace {

/// One for each number, of which no other run of this program knows. The second process inherits what makes it so.
std::string name_of(std::uint32_t number) {
    std::array<char, 32> run{};
    constexpr const char* variable = "DIFFERENTIAL_RUN";
    if (GetEnvironmentVariableA(variable, run.data(), run.size()) == 0) {
        const std::string own = std::to_string(GetCurrentProcessId());
        own.copy(run.data(), own.size());
        SetEnvironmentVariableA(variable, run.data());
    }
    SetLastError(untouched);
    return R"(\\.\pipe\differential-)" + std::string(run.data()) + '-' + std::to_string(number);
}

BOOL keep(call& one, HANDLE made) {
    if (made == INVALID_HANDLE_VALUE) {
        return FALSE;
    }
    one.handle() = made;
    SetLastError(untouched); // what it is now is not documented
    return TRUE;
}

/// `server SLOT NAME MODE MOST OUT IN`
BOOL make_server(call& one) {
    const auto& [slot, name, mode, most, out, in] = one.given;
    return keep(one,
                CreateNamedPipeA(name_of(name).c_str(), mode, PIPE_TYPE_BYTE | PIPE_WAIT, most, out, in, 0, nullptr));
}

/// `client SLOT NAME ACCESS INHERIT`
BOOL make_client(call& one) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, static_cast<BOOL>(one.given[3])};
    return keep(one,
                CreateFileA(name_of(one.given[1]).c_str(), one.given[2], 0, &attributes, OPEN_EXISTING, 0, nullptr));
}

BOOL connect(call& one) { return ConnectNamedPipe(one.handle(), nullptr); }
BOOL disconnect(call& one) { return DisconnectNamedPipe(one.handle()); }
BOOL flush(call& one) { return FlushFileBuffers(one.handle()); }

/// `await_server NAME`, for no longer than it takes to look.
BOOL await_server(call& one) {
    constexpr DWORD shortest = 1;
    return WaitNamedPipeA(name_of(one.given[0]).c_str(), shortest);
}

} // namespace

call_table named_pipe_calls() {
    return {{"server", make_server},    {"client", make_client}, {"connect", connect},
            {"disconnect", disconnect}, {"flush", flush},        {"await_server", await_server}};
}

} // namespace differential
