// scratch.hpp - a private pipe of each thread, through which bytes pass that the kernel cannot move in one step.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <cstddef>
#include <span>

namespace windpipe::platform {

/// Neither end ever blocks, and it is empty between calls.
class scratch_pipe {
public:
    /// The calling thread's, made at its first use. Null with errno when it cannot be had.
    static scratch_pipe* of_this_thread();

    [[nodiscard]] int reader() const noexcept { return reader_.get(); }
    [[nodiscard]] int writer() const noexcept { return writer_.get(); }

    /// Reads exactly the next into.size() bytes, which are in it. False with errno: then it has been emptied.
    bool take(std::span<std::byte> into);
    /// Throws away what is in it.
    void empty() noexcept;

private:
    unique_handle reader_;
    unique_handle writer_;
};

} // namespace windpipe::platform
