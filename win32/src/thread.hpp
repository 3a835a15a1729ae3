// thread.hpp - handles of threads.
#pragma once

#include "entry.hpp"
#include "thread_state.hpp"

namespace windpipe::win32 {

/// A handle of a thread of this process.
class thread final : public entry {
public:
    thread(unique_handle descriptor, ACCESS_MASK access, std::shared_ptr<thread_state> state) noexcept
        : entry(kind::thread, std::move(descriptor), access), state_(std::move(state)) {}

    [[nodiscard]] const std::shared_ptr<thread_state>& state() const noexcept { return state_; }
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    std::shared_ptr<thread_state> state_;
};

/// An entry for a handle of the calling thread.
std::unique_ptr<entry> own_thread();

/// The thread behind a handle, also behind GetCurrentThread(). *Returns*: none if it is no thread of this process.
std::shared_ptr<thread_state> thread_of(HANDLE handle);

} // namespace windpipe::win32
