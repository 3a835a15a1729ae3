#include "agent.hpp"

#include "agent_messages.hpp"
#include "descriptors.hpp"
#include "duplication.hpp"
#include "inherited.hpp"
#include "last_error.hpp"
#include "process.hpp"
#include "table.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

/// How long one side waits for the other's word: one that hangs must not hang us.
constexpr timeval patience{5, 0};

unique_handle patient_socket(int made) noexcept {
    unique_handle connection = park(unique_handle(made));
    if (connection) {
        (void)::setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        (void)::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    }
    return connection;
}

// ---- the agent's side

agent_reply take(const agent_request& request, carried with) {
    agent_reply reply;
    if (!with.descriptor) {
        reply.code = ERROR_INVALID_PARAMETER;
        return reply;
    }
    auto made = entry_from(request.record, std::move(with.descriptor), park(std::move(with.page)));
    if (made == nullptr) {
        reply.code = ERROR_INVALID_PARAMETER;
        return reply;
    }
    made->flags = request.record.flags & HANDLE_FLAG_INHERIT;
    reply.handle = install(std::move(made));
    reply.code = reply.handle != nullptr ? 0 : GetLastError();
    return reply;
}

void give(int connection, const agent_request& request) {
    agent_reply reply;
    const std::unique_ptr<entry> copy = copy_of(request.handle, request.access, request.options);
    reply.code = copy != nullptr ? 0 : GetLastError();
    if (copy != nullptr && !can_travel(*copy)) {
        reply.code = ERROR_CALL_NOT_IMPLEMENTED;
    }
    if ((request.options & DUPLICATE_CLOSE_SOURCE) != 0) { // whatever else goes wrong
        close_source(request.handle);
    }
    if (reply.code != 0) {
        (void)send_message(connection, &reply, sizeof(reply));
        return;
    }
    reply.record = record_of(*copy, -1);
    (void)send_message(connection, &reply, sizeof(reply), copy->descriptor(), reply.record.page);
}

void serve(int connection) {
    agent_request request;
    carried with;
    if (!is_trusted(connection) || !receive_message(connection, &request, sizeof(request), with) ||
        request.magic != agent_magic) {
        return;
    }
    if (request.what == wish::take) {
        const agent_reply reply = take(request, std::move(with));
        if (!send_message(connection, &reply, sizeof(reply)) && reply.handle != nullptr) {
            (void)remove(reply.handle); // nobody will ever know of it
        }
    } else if (request.what == wish::give) {
        give(connection, request);
    }
}

void run(int listening) {
    while (true) {
        const unique_handle connection = patient_socket(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection && errno != EINTR && errno != ECONNABORTED) {
            (void)::usleep(10'000); // no descriptors are left: later there may be
        }
        try {
            if (connection) {
                serve(connection.get());
            }
        } catch (const std::exception&) {
            continue; // no memory: the other side is told by the end of the connection
        }
    }
}

/// A thread of ours takes none of the program's signals.
void start_thread(int listening) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread(run, listening).detach();
    } catch (const std::exception&) {
        (void)::close(listening);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// ---- the other side

/// Asks the agent of a process. *Returns*: the error of Windows.
DWORD ask(process_state& process, const agent_request& request, int descriptor, int page, agent_reply& reply,
          carried& with) {
    const unique_handle connection = patient_socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    const socklen_t size = agent_address(process.id(), address);
    process.await_begin();
    if (!connection || ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return process.exit_code() == STILL_ACTIVE ? ERROR_CALL_NOT_IMPLEMENTED : ERROR_ACCESS_DENIED;
    }
    // It still runs, so its id is its own, and nobody else answers by it.
    if (!is_trusted(connection.get(), process.id()) || process.exit_code() != STILL_ACTIVE) {
        return ERROR_ACCESS_DENIED;
    }
    if (!send_message(connection.get(), &request, sizeof(request), descriptor, page) ||
        !receive_message(connection.get(), &reply, sizeof(reply), with)) {
        return ERROR_ACCESS_DENIED;
    }
    return reply.code;
}

} // namespace

void start_agent() noexcept {
    static std::atomic<pid_t> started{0};
    const pid_t self = ::getpid();
    if (started.exchange(self) == self) {
        return;
    }
    unique_handle listening = park(unique_handle(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)));
    sockaddr_un address{};
    const socklen_t size = agent_address(self, address);
    constexpr int waiting = 16;
    if (listening && ::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
        ::listen(listening.get(), waiting) == 0) {
        start_thread(listening.release());
    }
}

std::unique_ptr<entry> pull_entry(process_state& from, HANDLE handle, DWORD access, DWORD options) {
    agent_request request;
    request.magic = agent_magic;
    request.what = wish::give;
    request.access = access;
    request.options = options;
    request.handle = handle;
    agent_reply reply;
    carried with;
    DWORD code = ask(from, request, -1, -1, reply, with);
    std::unique_ptr<entry> made;
    if (code == 0) {
        made = with.descriptor ? entry_from(reply.record, std::move(with.descriptor), park(std::move(with.page)))
                               : nullptr;
        code = made != nullptr ? 0 : ERROR_ACCESS_DENIED;
    }
    if (code != 0) {
        fail(code);
    }
    return made;
}

HANDLE push_entry(process_state& to, const entry& given, DWORD flags) {
    if (!can_travel(given)) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
        return nullptr;
    }
    agent_request request;
    request.magic = agent_magic;
    request.what = wish::take;
    request.record = record_of(given, -1);
    request.record.flags = flags;
    agent_reply reply;
    carried with;
    const DWORD code = ask(to, request, given.descriptor(), request.record.page, reply, with);
    if (code != 0) {
        fail(code);
        return nullptr;
    }
    return reply.handle;
}

} // namespace windpipe::win32
