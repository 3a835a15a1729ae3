// entry.hpp - what a handle leads to.
#pragma once

#include "windows.h"

#include <windpipe/handle.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace windpipe::win32 {

/// What stands behind a handle.
enum class kind : std::uint8_t {
    read_end,
    write_end,
    file,
    named_pipe,
    event,
    mutex,
    semaphore,
    process,
    thread,
    process_thread, ///< the first thread of a process that we have started
    section,
    job,
};

/// Whether a wait may end with an object, and whether it then belongs to the waiting thread.
enum class taken : std::uint8_t { no, yes, abandoned };

class blocked;
class entry;

/// What poll(2) shall watch until it is worth asking an entry again.
struct watched {
    int descriptor = -1; ///< -1: nothing to watch; ask again soon
    short events = 0;
};

/// One handle's own part: its descriptor, its rights, its flags. Two handles of one object are two entries, which share
/// what the object has in common.
///
/// *Threads*: any number of them, as long as each holds a use (table.hpp).
class entry {
public:
    entry(kind what, unique_handle descriptor, ACCESS_MASK access) noexcept;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    virtual ~entry() = default;

    [[nodiscard]] kind what() const noexcept { return what_; }
    [[nodiscard]] ACCESS_MASK access() const noexcept { return access_; }
    [[nodiscard]] bool allows(ACCESS_MASK wanted) const noexcept { return (access_ & wanted) == wanted; }
    [[nodiscard]] int descriptor() const noexcept { return number_; }
    void set_access(ACCESS_MASK access) noexcept { access_ = access; }

    /// HANDLE_FLAG_ values.
    std::atomic<DWORD> flags{0};
    /// Which of the standard streams are further descriptors of the same file, one bit each: they go with this handle.
    unsigned streams = 0;

    /// The same object, for a second handle with this descriptor.
    [[nodiscard]] virtual std::unique_ptr<entry> copy(unique_handle descriptor) const = 0;
    /// Rights that GENERIC_ bits stand for.
    [[nodiscard]] virtual ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept;

    // ---- waiting

    [[nodiscard]] virtual watched watch() const noexcept { return {descriptor(), 1}; }
    /// Whether try_take() would do it, changing nothing.
    [[nodiscard]] virtual bool is_signaled() noexcept;
    /// If the object is signaled, does to it what a wait does.
    [[nodiscard]] virtual taken try_take() noexcept { return is_signaled() ? taken::yes : taken::no; }
    /// Undoes try_take().
    virtual void put_back() noexcept {}

    // ---- calls that wait on this handle

    /// Ends all calls that wait on this handle now, or those `of` this structure alone. *Returns*: how many.
    std::size_t interrupt(DWORD code, const OVERLAPPED* of = nullptr) noexcept;
    /// The same for good: the handle is gone. Calls that were about to wait do not begin to.
    void end(DWORD code) noexcept;
    [[nodiscard]] bool in_use() noexcept;

    /// Gives the descriptor away, before the entry is destroyed.
    [[nodiscard]] virtual unique_handle release() noexcept { return std::move(descriptor_); }

protected:
    friend class blocked;
    unique_handle descriptor_;
    int number_;

private:
    kind what_;
    ACCESS_MASK access_;
    std::mutex guard_;
    std::vector<blocked*> waiting_;
    DWORD ended_by_ = 0;
};

/// While it lives, waits of the calling thread are of a call that was given this structure.
class call_with {
public:
    explicit call_with(const OVERLAPPED* given) noexcept;
    ~call_with();
    call_with(const call_with&) = delete;
    call_with& operator=(const call_with&) = delete;
};

/// While it lives, the calling thread waits on an entry's handle, and the wait can be called off: by CloseHandle and
/// CancelIoEx through the entry, by CancelSynchronousIo through the thread.
class blocked {
public:
    explicit blocked(entry& on);
    ~blocked();
    blocked(const blocked&) = delete;
    blocked& operator=(const blocked&) = delete;

    void interrupt(DWORD code) noexcept;
    /// What the call was given, or none.
    [[nodiscard]] const OVERLAPPED* given() const noexcept { return given_; }
    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }
    /// The error by which the call ends, 0 while it goes on.
    [[nodiscard]] DWORD why() const noexcept { return code_.load(std::memory_order_acquire); }

    /// Waits until poll(2) finds one of these events (0: an error) or the call is called off, at most so long.
    /// *Returns*: what poll() found, 0 if nothing.
    short poll_for(int descriptor, short events, int milliseconds = -1);

private:
    entry& on_;
    const OVERLAPPED* given_;
    std::stop_source source_;
    std::atomic<DWORD> code_{0};
};

} // namespace windpipe::win32
