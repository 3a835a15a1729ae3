#include "call.hpp"

namespace differential {

namespace {

BOOL make(call& one) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, static_cast<BOOL>(one.given[3])};
    return CreatePipe(&one.handle(), &one.handles.at(one.given[1]), &attributes, one.given[2]);
}

BOOL write(call& one) {
    const std::string bytes = content(one.given[1], one.given[2]);
    DWORD count = 77;
    const BOOL ok = WriteFile(one.handle(), bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr);
    one.tell(count);
    return ok;
}

BOOL read(call& one) {
    std::string bytes(one.given[1], '\0');
    DWORD count = 77;
    const BOOL ok = ReadFile(one.handle(), bytes.data(), one.given[1], &count, nullptr);
    bytes.resize(ok != FALSE ? count : 0);
    one.tell(count, hash(bytes));
    return ok;
}

BOOL peek(call& one) {
    std::string bytes(one.given[1], '\0');
    DWORD count = 77;
    DWORD there = 77;
    DWORD left = 77;
    const BOOL ok =
        PeekNamedPipe(one.handle(), bytes.empty() ? nullptr : bytes.data(), one.given[1], &count, &there, &left);
    bytes.resize(ok != FALSE ? count : 0);
    one.tell(count, there, left, hash(bytes));
    return ok;
}

BOOL set_mode(call& one) {
    DWORD mode = one.given[1];
    const BOOL ok = SetNamedPipeHandleState(one.handle(), &mode, nullptr, nullptr);
    return ok;
}

BOOL info(call& one) {
    DWORD flags = 77;
    DWORD size = 77;
    DWORD most = 77;
    const BOOL ok = GetNamedPipeInfo(one.handle(), &flags, &size, nullptr, &most);
    one.tell(size, flags, most);
    return ok;
}

BOOL state(call& one) {
    DWORD mode = 77;
    DWORD instances = 77;
    const BOOL ok = GetNamedPipeHandleStateA(one.handle(), &mode, &instances, nullptr, nullptr, nullptr, 0);
    one.tell(mode, instances);
    return ok;
}

} // namespace

call_table pipe_calls() {
    return {{"pipe", make},     {"write", write}, {"read", read},  {"peek", peek},
            {"mode", set_mode}, {"info", info},   {"state", state}};
}

} // namespace differential
