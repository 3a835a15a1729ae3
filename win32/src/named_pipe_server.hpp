// named_pipe_server.hpp - what the instances of a named pipe share.
#pragma once

#include "named_pipe.hpp"

#include <deque>
#include <mutex>

namespace windpipe::win32 {

/// The name, and who listens under it. All instances of a name are in one process.
///
/// A client connects without the server's doing: it waits in the queue of a socket until somebody settles. So that no
/// more come than there are instances that listen, the queue is as long as there are such. It cannot be shorter than 1:
/// while there is none, the server itself waits in it.
struct named_pipe_server {
    std::string name;
    unique_handle listening;
    DWORD most = 1;
    DWORD output_size = 0;
    DWORD input_size = 0;
    DWORD duplex = PIPE_ACCESS_DUPLEX;

    /// Whether a client may have these rights: what the server does not write, it cannot read.
    [[nodiscard]] bool allows(ACCESS_MASK client) const noexcept;
    [[nodiscard]] DWORD instances() const;
    [[nodiscard]] bool has_listener();
    void add(named_pipe& instance);
    void remove(named_pipe& instance);
    /// From now on it takes a client.
    void listen(named_pipe& instance);
    /// Gives the clients that have come to the instances that listen, in the order in which these began to.
    void settle();

private:
    void settle_locked();
    void admit() noexcept;

    mutable std::mutex guard_;
    DWORD instances_ = 0;
    std::deque<named_pipe*> listeners_;
    unique_handle stopper_;
};

/// The server of this name in this process, if there is one.
std::shared_ptr<named_pipe_server> find_server(const std::string& name);
/// The same, or a new one. *Returns*: none with the last error set.
std::shared_ptr<named_pipe_server> find_or_make_server(const std::string& name, bool must_be_new);
/// Counts an instance less. The last one takes the name with it.
void forget_instance(const std::shared_ptr<named_pipe_server>& server, named_pipe& instance) noexcept;
/// Makes an instance of a server of find_or_make_server(). *Returns*: none with the last error set.
std::unique_ptr<named_pipe> make_instance(const std::shared_ptr<named_pipe_server>& server, ACCESS_MASK access);

} // namespace windpipe::win32
