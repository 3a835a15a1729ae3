// named_pipe.hpp - named pipes in synchronous byte mode: sockets with abstract names, for processes of one user.
#pragma once

#include "pipe_end.hpp"

#include <memory>
#include <string>

namespace windpipe::win32 {

struct named_pipe_server;

/// One end of a connection, or an instance of a server that waits for one.
class named_pipe final : public entry {
public:
    /// A client's end.
    named_pipe(unique_handle connection, ACCESS_MASK access) noexcept;
    /// A server's instance, which listens.
    named_pipe(unique_handle listening, ACCESS_MASK access, std::shared_ptr<named_pipe_server> server) noexcept;
    ~named_pipe() override;

    transfer_outcome read(void* into, DWORD count);
    transfer_outcome write(const void* bytes, DWORD count);
    DWORD flush();
    /// Why nobody is at the other end and nobody was: the error; 0.
    [[nodiscard]] DWORD trouble() noexcept;
    DWORD peek(void* into, DWORD size, DWORD& copied, DWORD& total);

    // ---- for a server

    [[nodiscard]] named_pipe_server* server() const noexcept { return server_.get(); }
    /// Waits for a client. *Returns*: the error; ERROR_PIPE_CONNECTED if one was there already.
    DWORD connect();
    /// Leaves the client, and listens again at the next connect().
    DWORD disconnect();
    /// A client has come.
    void take(unique_handle client) noexcept;

    [[nodiscard]] bool is_signaled() noexcept override { return !in_use(); }
    [[nodiscard]] watched watch() const noexcept override { return {}; }
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;

private:
    enum class condition : std::uint8_t { listening, connected, disconnected };
    [[nodiscard]] bool has_other_end() const noexcept;
    [[nodiscard]] bool was_left() const noexcept;
    DWORD await(blocked& call, short events) const;

    std::shared_ptr<named_pipe_server> server_;
    std::atomic<condition> is_{condition::connected};
};

/// Connects to a server. *Returns*: none with the last error set.
std::unique_ptr<entry> open_named_pipe(const std::string& name, ACCESS_MASK access);

} // namespace windpipe::win32
