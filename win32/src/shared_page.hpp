// shared_page.hpp - what the processes at a pipe share beside its bytes.
#pragma once

#include "entry.hpp"

#include <windpipe/handle.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

#include <pthread.h>

namespace windpipe::win32 {

/// One page of memory per pipe, which goes to a child with the pipe: the lock by which a write of any size is one
/// piece, the size that was asked for, and the count of what is in the pipe. It is held by a descriptor, so the kernel
/// keeps it as long as somebody has it. The lock is robust: one who dies with it leaves it to the next.
class shared_page {
public:
    /// *Returns*: none with errno set if it cannot be made.
    static std::shared_ptr<shared_page> make(DWORD size);
    /// Takes over a page that was inherited. *Returns*: none if it is no such page.
    static std::shared_ptr<shared_page> open(unique_handle memory);

    ~shared_page();
    shared_page(const shared_page&) = delete;
    shared_page& operator=(const shared_page&) = delete;

    /// For another process, which may have the page from now on.
    [[nodiscard]] int shared_descriptor() noexcept {
        is_shared_ = true;
        return memory_.get();
    }
    /// Whether no other process can have the pipe, and this one has a read end of it.
    [[nodiscard]] bool is_our_own() const noexcept {
        return !is_shared_.load(std::memory_order_relaxed) && readers_here.load(std::memory_order_relaxed) != 0;
    }
    /// What CreatePipe was told.
    [[nodiscard]] DWORD asked() const noexcept { return asked_; }
    /// How many bytes may be in the pipe when a write returns.
    [[nodiscard]] DWORD quota() const noexcept { return asked_ != 0 ? asked_ : 4096; }
    [[nodiscard]] std::uint64_t id() const noexcept;
    [[nodiscard]] DWORD creator() const noexcept;

    /// Whether DisconnectNamedPipe has cut the ends off from each other.
    [[nodiscard]] bool is_disconnected() const noexcept { return state_->disconnected.load() != 0; }
    void disconnect() noexcept;

    // ---- for the reader

    /// Counts bytes that were read, and wakes a writer that waits for room.
    void took(std::uint64_t bytes) noexcept {
        state_->taken.fetch_add(bytes);
        if (state_->writers_waiting.load() != 0) {
            wake_writers();
        }
    }

    [[nodiscard]] std::uint64_t taken() const noexcept { return state_->taken.load(); }
    /// Whether there seems to be something to read, by the counts.
    [[nodiscard]] bool seems_filled() const noexcept {
        return state_->written.load(std::memory_order_relaxed) > state_->taken.load(std::memory_order_relaxed);
    }

    // ---- for this process alone

    /// How many read ends of the pipe this process has, as far as they have the same object.
    std::atomic<std::size_t> readers_here{0};

    // ---- for a writer

    /// Becomes the only writer. *Returns*: false if `lock_slowly` must do it.
    bool try_lock() noexcept;
    /// Waits for its turn, unless the call is called off.
    bool lock(blocked& call) noexcept;
    void unlock() noexcept { (void)pthread_mutex_unlock(&state_->writing); }

    /// PRE: locked. Whether this many bytes more fit, by the count. Programs that are not built on the layer do not
    /// count: if not, the pipe itself must be asked.
    [[nodiscard]] bool has_room(std::uint64_t bytes) const noexcept {
        return state_->written.load(std::memory_order_relaxed) + bytes <= state_->taken.load() + quota();
    }
    /// PRE: locked. To be said before bytes are written: one who dies in between has counted too many, and then the
    /// pipe itself is asked.
    void will_write(std::uint64_t bytes) noexcept { count_written(bytes); }
    /// PRE: locked. Some of these were not written.
    void did_not_write(std::uint64_t bytes) noexcept { count_written(0 - bytes); }

    /// PRE: locked. Waits for a reader of the layer to take something, at most so long.
    void await_reader(std::uint32_t seen, int milliseconds) noexcept;
    [[nodiscard]] std::uint32_t begin_waiting() noexcept;
    void end_waiting() noexcept;
    /// Wakes those that wait for room.
    void wake_writers() noexcept;

private:
    struct layout {
        std::uint64_t magic;
        std::uint64_t id;
        std::uint32_t asked;
        std::uint32_t creator;
        pthread_mutex_t writing;
        std::atomic<std::uint64_t> written; // by one at a time, which has the lock
        std::atomic<std::uint64_t> taken;
        std::atomic<std::uint32_t> writers_waiting;
        std::atomic<std::uint32_t> reads;
        std::atomic<std::uint32_t> disconnected;
    };
    shared_page(unique_handle memory, layout* state, bool is_shared) noexcept;
    void count_written(std::uint64_t bytes) noexcept {
        state_->written.store(state_->written.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
    }

    unique_handle memory_;
    layout* state_;
    DWORD asked_;
    std::atomic<bool> is_shared_;
};

} // namespace windpipe::win32
