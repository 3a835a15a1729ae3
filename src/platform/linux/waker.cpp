#include "descriptors.hpp"

#include <optional>

namespace windpipe::platform {

struct waker_maker {
    static result<waker*> of_this_thread() {
        static thread_local waker mine;
        if (!mine.handle_) {
            unique_handle made(sys::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
            if (!made) {
                return sys::failed("make waker");
            }
            auto clear = clear_of_standard(std::move(made), "make waker");
            if (!clear) {
                return std::unexpected(std::move(clear).error());
            }
            mine.handle_ = std::move(*clear);
        }
        return &mine;
    }
};

result<waker*> waker::of_this_thread() { return waker_maker::of_this_thread(); }

// Not behind the gate: it can only fail when it has been woken more often than a thread can count to, and whoever wakes
// has no other way.
void waker::wake() noexcept {
    const std::uint64_t one = 1;
    (void)::write(handle(), &one, sizeof one);
}

void waker::clear() noexcept {
    std::uint64_t count = 0;
    (void)sys::read(handle(), &count, sizeof count);
}

} // namespace windpipe::platform
