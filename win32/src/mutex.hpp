// mutex.hpp - mutexes, which belong to a thread, and semaphores, which belong to nobody.
#pragma once

#include "entry.hpp"
#include "mutex_state.hpp"

namespace windpipe::win32 {

/// An eventfd of 1 is free. All processes share that; who owns it and how often, only his process knows.
class mutex final : public entry {
public:
    mutex(unique_handle descriptor, ACCESS_MASK access, std::shared_ptr<mutex_state> state) noexcept
        : entry(kind::mutex, std::move(descriptor), access), state_(std::move(state)) {}

    /// *Returns*: false if the calling thread does not own it.
    bool unlock() noexcept;

    [[nodiscard]] bool is_signaled() noexcept override;
    [[nodiscard]] taken try_take() noexcept override;
    void put_back() noexcept override { (void)unlock(); }
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    std::shared_ptr<mutex_state> state_;
};

/// An eventfd that gives 1 to each who takes.
class semaphore final : public entry {
public:
    semaphore(unique_handle descriptor, ACCESS_MASK access, std::uint64_t most) noexcept
        : entry(kind::semaphore, std::move(descriptor), access), most_(most) {}

    [[nodiscard]] std::uint64_t most() const noexcept { return most_; }
    /// *Returns*: false if there would be too many; then nothing has changed.
    bool give(std::uint64_t count, LONG* before) noexcept;

    [[nodiscard]] taken try_take() noexcept override;
    void put_back() noexcept override;
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    std::uint64_t most_;
};

/// The state for a mutex whose eventfd has come from elsewhere.
std::shared_ptr<mutex_state> state_for(int free_event);

} // namespace windpipe::win32
