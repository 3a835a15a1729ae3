#include "descriptors.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "named_pipe_names.hpp"
#include "table.hpp"
#include "text.hpp"

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

struct register_of_servers {
    struct known {
        std::shared_ptr<named_pipe_server> server;
        DWORD instances = 0;
    };
    std::mutex guard;
    std::map<std::string, known> servers;
};
register_of_servers& servers() {
    static auto* const all = new register_of_servers;
    return *all;
}

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
    return reads | writes | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES;
}

/// Takes the name. *Returns*: none with the last error set.
std::shared_ptr<named_pipe_server> make_server(const std::string& name) {
    auto made = std::make_shared<named_pipe_server>();
    made->name = name;
    made->listening = park(unique_handle(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    sockaddr_un address{};
    const socklen_t size = pipe_address(name, address);
    if (!made->listening || size == 0) {
        fail(size == 0 ? DWORD{ERROR_INVALID_NAME} : error_of(errno));
        return nullptr;
    }
    if (::bind(made->listening.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        fail(errno == EADDRINUSE ? DWORD{ERROR_ACCESS_DENIED} : error_of(errno)); // another process has it
        return nullptr;
    }
    return made;
}

/// PRE: the guard is locked. As many may wait as there are instances.
void listen_for(const register_of_servers::known& known) {
    (void)::listen(known.server->listening.get(), static_cast<int>(known.instances) - 1);
}

/// *Returns*: none with the last error set.
std::unique_ptr<entry> make_instance(const std::string& name, DWORD open_mode, DWORD most, DWORD output, DWORD input) {
    register_of_servers& all = servers();
    const std::lock_guard lock(all.guard);
    auto found = all.servers.find(name);
    if (found != all.servers.end() && (open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    if (found == all.servers.end()) {
        auto made = make_server(name);
        if (made == nullptr) {
            return nullptr;
        }
        made->most = most;
        made->output_size = output;
        made->input_size = input;
        made->duplex = open_mode & PIPE_ACCESS_DUPLEX;
        found = all.servers.emplace(name, register_of_servers::known{std::move(made), 0}).first;
    }
    const std::shared_ptr<named_pipe_server> server = found->second.server;
    unique_handle second =
        found->second.instances < server->most ? duplicate(server->listening.get()) : unique_handle();
    if (!second) {
        fail(found->second.instances < server->most ? error_of(errno) : DWORD{ERROR_PIPE_BUSY});
        return nullptr;
    }
    ++found->second.instances;
    listen_for(found->second);
    return std::make_unique<named_pipe>(std::move(second), access_of(open_mode), server);
}

HANDLE create_instance(const std::string& name, DWORD open_mode, DWORD most, DWORD output, DWORD input, DWORD flags) {
    auto made = make_instance(name, open_mode, most, output, input);
    if (made == nullptr) {
        return INVALID_HANDLE_VALUE;
    }
    made->flags = flags;
    HANDLE const handle = install(std::move(made));
    return handle != nullptr ? handle : INVALID_HANDLE_VALUE;
}

} // namespace

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

void forget_instance(const std::shared_ptr<named_pipe_server>& server) noexcept {
    register_of_servers& all = servers();
    const std::lock_guard lock(all.guard);
    const auto found = all.servers.find(server->name);
    if (found != all.servers.end() && found->second.server == server && --found->second.instances == 0) {
        all.servers.erase(found);
    }
}

} // namespace windpipe::win32

using namespace windpipe::win32;

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

/// Whether there is a server. A client that connects while all instances are busy waits in the queue of the socket.
BOOL WINAPI WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD /*nTimeOut*/) {
    const std::string name = lpNamedPipeName != nullptr ? pipe_name(lpNamedPipeName) : std::string();
    if (name.empty()) {
        return fail(ERROR_INVALID_NAME);
    }
    const std::string ending = "@windpipe-win32-pipe/" + name;
    std::ifstream sockets("/proc/net/unix");
    for (std::string line; std::getline(sockets, line);) {
        if (line.ends_with(ending)) {
            return TRUE;
        }
    }
    return fail(ERROR_FILE_NOT_FOUND);
}
BOOL WINAPI WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut) {
    return WaitNamedPipeA(narrowed_or_empty(lpNamedPipeName).c_str(), nTimeOut);
}

} // extern "C"
