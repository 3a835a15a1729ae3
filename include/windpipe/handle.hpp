// handle.hpp - a descriptor or HANDLE, and its only owner type.
#pragma once

#include <cstdint>
#include <utility>

namespace windpipe {

#if defined(_WIN32)
/// What the system calls an open pipe, file or process: a HANDLE.
using native_handle = void*;
/// The value that means "none": INVALID_HANDLE_VALUE.
inline const native_handle no_handle = reinterpret_cast<native_handle>(static_cast<std::intptr_t>(-1));
#else
/// What the system calls an open pipe, file or process: a file descriptor.
using native_handle = int;
/// The value that means "none".
inline constexpr native_handle no_handle = -1;
#endif

namespace detail {
void close_native(native_handle handle) noexcept;
} // namespace detail

/// Owns one native handle and closes it exactly once, without ever retrying.
///
/// *Ownership*: move-only; the destructor closes.
/// *Threads*: as an `int`: one thread at a time.
class unique_handle {
public:
    unique_handle() noexcept = default;
    /// Takes over `handle`.
    explicit unique_handle(native_handle handle) noexcept : handle_(handle) {}
    unique_handle(unique_handle&& other) noexcept : handle_(other.release()) {}
    unique_handle& operator=(unique_handle&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~unique_handle() { reset(); }

    /// The handle, still owned here.
    [[nodiscard]] native_handle get() const noexcept { return handle_; }
    /// Whether something is owned.
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != no_handle; }

    /// Gives the handle away: the caller closes it.
    [[nodiscard]] native_handle release() noexcept { return std::exchange(handle_, no_handle); }

    /// Closes what is owned and takes over `handle`.
    void reset(native_handle handle = no_handle) noexcept {
        const native_handle old = std::exchange(handle_, handle);
        if (old != no_handle && old != handle) {
            detail::close_native(old);
        }
    }

private:
    native_handle handle_ = no_handle;
};

} // namespace windpipe
