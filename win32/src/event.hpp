// event.hpp - events: set and reset by hand, or taken by one that waits.
#pragma once

#include "entry.hpp"

namespace windpipe::win32 {

/// An eventfd, which is shared by handles and processes: not 0 is set.
class event final : public entry {
public:
    event(unique_handle descriptor, ACCESS_MASK access, bool manual) noexcept
        : entry(kind::event, std::move(descriptor), access), manual_(manual) {}

    [[nodiscard]] bool is_manual() const noexcept { return manual_; }
    void set() noexcept;
    void reset() noexcept;

    [[nodiscard]] taken try_take() noexcept override;
    void put_back() noexcept override;
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    bool manual_;
};

/// What an OVERLAPPED, if there is one, is told at the end of a call on a handle that is not asynchronous.
void tell(LPOVERLAPPED overlapped, DWORD count) noexcept;
/// Resets the event behind a handle, if there is one.
void reset_event(HANDLE handle) noexcept;

} // namespace windpipe::win32
