#include "last_error.hpp"
#include "named.hpp"
#include "named_pipe_names.hpp"
#include "named_pipe_server.hpp"
#include "table.hpp"
#include "text.hpp"

#include <windpipe/limits.hpp>

#include <fstream>
#include <new>

namespace windpipe::win32 {

namespace {

constexpr DWORD known_open_modes =
    PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_WRITE_THROUGH | WRITE_DAC;

constexpr DWORD known_pipe_modes = PIPE_NOWAIT | PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS;

/// What is not offered, and what is wrong. *Returns*: the error; 0.
DWORD trouble_with(DWORD open_mode, DWORD pipe_mode, DWORD most) {
    if ((open_mode & PIPE_ACCESS_DUPLEX) == 0 || most == 0 || most > PIPE_UNLIMITED_INSTANCES) {
        return ERROR_INVALID_PARAMETER;
    }
    if ((pipe_mode & ~known_pipe_modes) != 0) {
        return ERROR_INVALID_PARAMETER;
    }
    const bool has_messages = (pipe_mode & (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)) != 0;
    const bool does_not_wait = (pipe_mode & PIPE_NOWAIT) != 0;
    return (open_mode & ~known_open_modes) != 0 || has_messages || does_not_wait ? ERROR_CALL_NOT_IMPLEMENTED : 0;
}

ACCESS_MASK access_of(DWORD open_mode) {
    const ACCESS_MASK reads = (open_mode & PIPE_ACCESS_INBOUND) != 0 ? FILE_GENERIC_READ : 0;
    const ACCESS_MASK writes = (open_mode & PIPE_ACCESS_OUTBOUND) != 0 ? FILE_GENERIC_WRITE : 0;
    return reads | writes;
}

HANDLE create_instance(const std::string& name, DWORD open_mode, DWORD most, DWORD output, DWORD input, DWORD flags) {
    const auto server = find_or_make_server(name, (open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0);
    if (server != nullptr && server->instances() == 0) {
        server->most = most;
        server->output_size = output;
        server->input_size = input;
        server->duplex = open_mode & PIPE_ACCESS_DUPLEX;
    }
    auto made = server != nullptr ? make_instance(server, access_of(open_mode)) : nullptr;
    if (made == nullptr) {
        return INVALID_HANDLE_VALUE;
    }
    made->flags = flags;
    HANDLE const handle = install(std::move(made));
    return handle != nullptr ? handle : INVALID_HANDLE_VALUE;
}

/// Whether that has an instance to spare is not known here.
bool is_of_another_process(const std::string& name) {
    const std::string ending = "@windpipe-win32-pipe/" + name;
    std::ifstream sockets("/proc/net/unix");
    for (std::string line; std::getline(sockets, line);) {
        if (line.ends_with(ending) && line.contains(" 00010000 ")) { // it listens; connections have the name, too
            return true;
        }
    }
    return false;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::deadline;
using windpipe::never;

extern "C" {

HANDLE WINAPI CreateNamedPipeA(LPCSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances,
                               DWORD nOutBufferSize, DWORD nInBufferSize, DWORD /*nDefaultTimeOut*/,
                               LPSECURITY_ATTRIBUTES lpSecurityAttributes) {
    try {
        const std::string name = lpName != nullptr ? pipe_name(lpName) : std::string();
        const DWORD code = name.empty() ? ERROR_INVALID_NAME : trouble_with(dwOpenMode, dwPipeMode, nMaxInstances);
        if (code != 0) {
            fail(code);
            return INVALID_HANDLE_VALUE;
        }
        return create_instance(name, dwOpenMode, nMaxInstances, nOutBufferSize, nInBufferSize,
                               inherit_flag(lpSecurityAttributes));
    } catch (const std::exception&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return INVALID_HANDLE_VALUE;
    }
}
HANDLE WINAPI CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances,
                               DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut,
                               LPSECURITY_ATTRIBUTES lpSecurityAttributes) {
    return CreateNamedPipeA(narrowed_or_empty(lpName).c_str(), dwOpenMode, dwPipeMode, nMaxInstances, nOutBufferSize,
                            nInBufferSize, nDefaultTimeOut, lpSecurityAttributes);
}

BOOL WINAPI WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD nTimeOut) {
    const std::string name = lpNamedPipeName != nullptr ? pipe_name(lpNamedPipeName) : std::string();
    if (name.empty()) {
        return fail(ERROR_INVALID_NAME);
    }
    constexpr DWORD usual = 50; // of a server that does not say
    const DWORD time = nTimeOut == NMPWAIT_USE_DEFAULT_WAIT ? usual : nTimeOut;
    const auto until = time == NMPWAIT_WAIT_FOREVER ? never : deadline(std::chrono::milliseconds(time));
    while (true) { // nothing tells when an instance begins to listen
        const auto server = find_server(name);
        if (server == nullptr) {
            return is_of_another_process(name) ? TRUE : fail(ERROR_FILE_NOT_FOUND);
        }
        if (server->has_listener()) {
            return TRUE;
        }
        if (until.has_passed()) {
            return fail(ERROR_SEM_TIMEOUT);
        }
        Sleep(1);
    }
}
BOOL WINAPI WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut) {
    return WaitNamedPipeA(narrowed_or_empty(lpNamedPipeName).c_str(), nTimeOut);
}

} // extern "C"
