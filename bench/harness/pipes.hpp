// pipes.hpp - the pipes of the harness itself, by bare system calls.
#pragma once

#include "pipe_end.hpp" // the one of the system

namespace bench {

/// Both ends of a pipe that no process inherits unless it is meant to. Closes what is still open.
class kernel_pipe {
public:
    /// Holds `capacity` bytes, 0 for the system's default; throws if it cannot be had.
    explicit kernel_pipe(int capacity);
    ~kernel_pipe() {
        close_reader();
        close_writer();
    }
    kernel_pipe(const kernel_pipe&) = delete;
    kernel_pipe& operator=(const kernel_pipe&) = delete;

    [[nodiscard]] pipe_end reader() const { return reader_; }
    [[nodiscard]] pipe_end writer() const { return writer_; }
    void close_reader();
    void close_writer();

    /// Moves one byte, blocking; false if the other end has gone.
    bool put();
    bool take();

private:
    pipe_end reader_;
    pipe_end writer_;
};

} // namespace bench
