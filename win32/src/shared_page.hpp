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

    [[nodiscard]] int descriptor() const noexcept { return memory_.get(); }
    /// What CreatePipe was told.
    [[nodiscard]] DWORD asked() const noexcept { return asked_; }
    /// How many bytes may be in the pipe when a write returns.
    [[nodiscard]] DWORD quota() const noexcept { return asked_ != 0 ? asked_ : 4096; }
    [[nodiscard]] std::uint64_t id() const noexcept;
    [[nodiscard]] DWORD creator() const noexcept;

    /// Whether DisconnectNamedPipe has cut the ends off from each other.
    [[nodiscard]] bool is_disconnected() const noexcept;
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

    // ---- for a writer

    /// Becomes the only writer. *Returns*: false if `lock_slowly` must do it.
    bool try_lock() noexcept;
    /// Waits for its turn, unless the call is called off.
    bool lock(blocked& call) noexcept;
    void unlock() noexcept { (void)pthread_mutex_unlock(&state_->writing); }

    /// PRE: locked. Whether this many bytes more fit, by the count. Programs that are not built on the layer do not
    /// count: if not, the pipe itself must be asked.
    [[nodiscard]] bool has_room(std::uint64_t bytes) const noexcept {
        return state_->written + bytes <= state_->taken.load() + quota();
    }
    /// PRE: locked. To be said before bytes are written: one who dies in between has counted too many, and then the
    /// pipe itself is asked.
    void will_write(std::uint64_t bytes) noexcept { state_->written += bytes; }
    /// PRE: locked. Some of these were not written.
    void did_not_write(std::uint64_t bytes) noexcept { state_->written -= bytes; }

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
        std::uint64_t written;
        std::atomic<std::uint64_t> taken;
        std::atomic<std::uint32_t> writers_waiting;
        std::atomic<std::uint32_t> reads;
        std::atomic<std::uint32_t> disconnected;
    };
    shared_page(unique_handle memory, layout* state) noexcept;

    unique_handle memory_;
    layout* state_;
    DWORD asked_;
};

} // namespace windpipe::win32
