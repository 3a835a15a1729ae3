#include "named_pipe_server.hpp"

#include "agent_messages.hpp"
#include "descriptors.hpp"
#include "last_error.hpp"
#include "named_pipe_names.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <sys/socket.h>

namespace windpipe::win32 {

namespace {

struct register_of_servers {
    std::mutex guard;
    std::map<std::string, std::shared_ptr<named_pipe_server>> servers;
};
register_of_servers& servers() {
    static auto* const all = new register_of_servers;
    return *all;
}

/// PRE: the register is locked.
void drop_if_empty(const named_pipe_server& server) {
    if (server.instances() == 0) {
        servers().servers.erase(server.name);
    }
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

} // namespace

// ---- the server

bool named_pipe_server::allows(ACCESS_MASK client) const noexcept {
    return ((client & FILE_READ_DATA) == 0 || (duplex & PIPE_ACCESS_OUTBOUND) != 0) &&
           ((client & FILE_WRITE_DATA) == 0 || (duplex & PIPE_ACCESS_INBOUND) != 0);
}

DWORD named_pipe_server::instances() const {
    const std::lock_guard lock(guard_);
    return instances_;
}

bool named_pipe_server::has_listener() {
    const std::lock_guard lock(guard_);
    settle_locked();
    return !listeners_.empty();
}

void named_pipe_server::add(named_pipe& instance) {
    const std::lock_guard lock(guard_);
    ++instances_;
    settle_locked(); // who has come before is not for the new one
    listeners_.push_back(&instance);
    admit();
}

void named_pipe_server::remove(named_pipe& instance) {
    const std::lock_guard lock(guard_);
    settle_locked();
    --instances_;
    if (std::erase(listeners_, &instance) > 0) {
        admit();
    }
}

void named_pipe_server::listen(named_pipe& instance) {
    const std::lock_guard lock(guard_);
    settle_locked();
    listeners_.push_back(&instance);
    admit();
}

void named_pipe_server::settle() {
    const std::lock_guard lock(guard_);
    settle_locked();
}

void named_pipe_server::settle_locked() {
    while (!listeners_.empty()) {
        unique_handle client = park(unique_handle(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC)));
        if (!client && errno != EINTR && errno != ECONNABORTED) {
            return;
        }
        if (!client || !is_trusted(client.get())) {
            continue;
        }
        named_pipe& first = *listeners_.front();
        listeners_.pop_front();
        admit();
        first.take(std::move(client));
    }
}

void named_pipe_server::admit() noexcept {
    if (listeners_.empty()) {
        (void)::listen(listening.get(), 0);
        stopper_ = connect_to(name);
        return;
    }
    if (stopper_) { // it is alone in the queue
        (void)unique_handle(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
        stopper_ = {};
    }
    (void)::listen(listening.get(), static_cast<int>(listeners_.size()) - 1);
}

// ---- all of them

std::shared_ptr<named_pipe_server> find_server(const std::string& name) {
    register_of_servers& all = servers();
    const std::lock_guard lock(all.guard);
    const auto found = all.servers.find(name);
    return found != all.servers.end() ? found->second : nullptr;
}

std::shared_ptr<named_pipe_server> find_or_make_server(const std::string& name, bool must_be_new) {
    register_of_servers& all = servers();
    const std::lock_guard lock(all.guard);
    const auto found = all.servers.find(name);
    if (found == all.servers.end()) {
        auto made = make_server(name);
        if (made != nullptr) {
            all.servers.emplace(name, made);
        }
        return made;
    }
    if (must_be_new) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return found->second;
}

std::unique_ptr<named_pipe> make_instance(const std::shared_ptr<named_pipe_server>& server, ACCESS_MASK access) {
    if (server->instances() >= server->most) {
        fail(ERROR_PIPE_BUSY);
        return nullptr;
    }
    unique_handle second = duplicate(server->listening.get());
    if (!second) {
        fail_with_errno();
        const std::lock_guard lock(servers().guard);
        drop_if_empty(*server);
        return nullptr;
    }
    auto made = std::make_unique<named_pipe>(std::move(second), access, server);
    server->add(*made);
    return made;
}

void forget_instance(const std::shared_ptr<named_pipe_server>& server, named_pipe& instance) noexcept {
    const std::lock_guard lock(servers().guard);
    server->remove(instance);
    drop_if_empty(*server);
}

} // namespace windpipe::win32
