// table.hpp - from a handle to its entry.
//
// A handle is 4 * (descriptor + 1): it keeps its value in a child that inherits the descriptor, and the kernel gives
// the lowest free one, as Windows does. The two low bits say nothing.
#pragma once

#include "entry.hpp"

#include <sys/single_threaded.h>

namespace windpipe::win32 {

/// Makes a handle of an entry. *Returns*: NULL with the last error set if there is no memory for it.
HANDLE install(std::unique_ptr<entry> made) noexcept;

/// The handle that a descriptor would be.
[[nodiscard]] inline HANDLE handle_of(int descriptor) noexcept {
    return reinterpret_cast<HANDLE>((static_cast<std::uintptr_t>(descriptor) + 1) * 4);
}

struct slot;

/// While it lives, the entry behind a handle lives, and its descriptor is not given to anybody else. Closing the handle
/// meanwhile ends the handle, not this.
class use {
public:
    explicit use(HANDLE handle) noexcept;
    ~use();
    use(use&& other) noexcept;
    use(const use&) = delete;
    use& operator=(const use&) = delete;
    use& operator=(use&&) = delete;

    explicit operator bool() const noexcept { return found_ != nullptr; }
    entry* operator->() const noexcept { return found_; }
    entry& operator*() const noexcept { return *found_; }
    /// The entry if it is of this kind.
    template <class Entry>
    [[nodiscard]] Entry* as(kind what) const noexcept {
        return found_ != nullptr && found_->what() == what ? static_cast<Entry*>(found_) : nullptr;
    }
    /// Whether the handle is still open.
    [[nodiscard]] bool is_open() const noexcept;

private:
    slot* slot_ = nullptr;
    entry* found_ = nullptr;
};

/// Whether no other thread can end a handle while this one uses it.
[[nodiscard]] inline bool is_alone() noexcept { return __libc_single_threaded != 0; }
/// The entry behind a handle, without a use. PRE: is_alone(). *Returns*: none if there is none.
[[nodiscard]] entry* look_up(HANDLE handle) noexcept;

/// Ends a handle: no further use begins. Its descriptor is closed when the last use ends, which those that wait do now.
/// *Returns*: false if it is none.
bool remove(HANDLE handle) noexcept;

/// Calls `visit` with the handle and the entry of each handle there is.
void for_each_handle(void (*visit)(void* context, HANDLE handle, entry& found), void* context);

} // namespace windpipe::win32
