// endpoint.hpp - one open end: its handle, and who is using it when somebody closes it.
#pragma once

#include "attached.hpp"
#include "core/cutting.hpp"
#include "core/pacing.hpp"
#include "counting.hpp"
#include "interruption.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace windpipe::detail {

class write_buffer;

/// Counts the calls in flight, so that close() can call them off, wait until they have left, and only then close the
/// handle: its number can never be met by somebody else's file while a call still uses it.
///
/// A call costs two atomic additions. The mutex is taken only by calls that wait and once an end is being closed.
class endpoint {
public:
    explicit endpoint(unique_handle handle) noexcept : handle_(std::move(handle)) {}
    ~endpoint() {
        close();
        delete counts_.load(std::memory_order_relaxed);
        delete cuts_.load(std::memory_order_relaxed);
    }
    endpoint(const endpoint&) = delete;
    endpoint& operator=(const endpoint&) = delete;

    void close() noexcept { take(); } // the handle taken out is closed here
    /// As close(), but the handle is given away.
    unique_handle take() noexcept;
    [[nodiscard]] bool closing() const noexcept { return (calls_.load(std::memory_order_acquire) & closed) != 0; }

    /// One call in flight, or none if the end is closed.
    class use {
    public:
        explicit use(endpoint* end) noexcept : end_(end != nullptr && end->enter() ? end : nullptr) {}
        ~use() {
            if (end_ != nullptr) {
                end_->leave();
            }
        }
        use(const use&) = delete;
        use& operator=(const use&) = delete;

        [[nodiscard]] explicit operator bool() const noexcept { return end_ != nullptr; }
        [[nodiscard]] native_handle handle() const noexcept { return end_->handle_.get(); }

    private:
        endpoint* end_;
    };

    /// For interruption: calls that wait, to be woken by close().
    void add(interruption& call) noexcept;
    void remove(interruption& call) noexcept;

    [[nodiscard]] pacing& pace() noexcept { return pace_; }
    /// What long writes have learnt; memory for it is taken by the first one. Null: there is none.
    [[nodiscard]] cutting* cuts() noexcept;

    /// For a write end. From any thread.
    void watch_for(deadlock_watch wish) noexcept { deadlock_.store(wish, std::memory_order_relaxed); }
    [[nodiscard]] deadlock_watch deadlock() const noexcept { return deadlock_.load(std::memory_order_relaxed); }

    /// From now on there is something to count in. False: no memory.
    bool begin_counting() noexcept;
    /// Null: nobody wants to know.
    [[nodiscard]] counting* counts() const noexcept { return counts_.load(std::memory_order_acquire); }
    /// It is open, and nobody wants to know.
    [[nodiscard]] bool is_plain() const noexcept { return calls_.load(std::memory_order_acquire) < counted; }

    /// A buffer that is flushed before a read on this end waits.
    void tie(std::shared_ptr<write_buffer> buffer) noexcept { tied_ = std::move(buffer); }
    [[nodiscard]] write_buffer* tied() const noexcept { return tied_.get(); }

    /// What the loop that waits for this end keeps with it.
    [[nodiscard]] platform::attachment_ptr& attached() noexcept { return attached_; }
    /// For one who makes sure that the end is not closed meanwhile.
    [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }

    /// The error of a call on a closed end.
    static error closed_error(std::string_view operation);

private:
    static constexpr std::uint32_t closed = 0x8000'0000;
    static constexpr std::uint32_t counted = 0x4000'0000; // there are counts()

    bool enter() noexcept {
        if ((calls_.fetch_add(1, std::memory_order_acquire) & closed) == 0) {
            return true;
        }
        leave();
        return false;
    }
    void leave() noexcept {
        // The closer destroys the object as soon as it sees no calls: while nobody closes it is left by one step.
        std::uint32_t calls = calls_.load(std::memory_order_relaxed);
        while ((calls & closed) == 0) {
            if (calls_.compare_exchange_weak(calls, calls - 1, std::memory_order_release, std::memory_order_relaxed)) {
                return;
            }
        }
        leave_closing();
    }
    void leave_closing() noexcept;

    std::atomic<std::uint32_t> calls_ = 0; // how many, `closed` and `counted`
    std::atomic<deadlock_watch> deadlock_ = deadlock_watch::none;
    unique_handle handle_;
    std::mutex mutex_;
    std::condition_variable left_;
    interruption* waiting_ = nullptr;
    pacing pace_;
    std::atomic<cutting*> cuts_ = nullptr;
    std::atomic<counting*> counts_ = nullptr;
    std::shared_ptr<write_buffer> tied_;
    platform::attachment_ptr attached_; // goes before the handle
};

} // namespace windpipe::detail
