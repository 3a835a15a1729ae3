#include "descriptors.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

/// A set of one: readable when there is an event in it.
result<unique_handle> set_of(int fd, std::uint32_t events) {
    constexpr std::string_view step = "make waitable";
    unique_handle made(sys::epoll_create1(EPOLL_CLOEXEC));
    if (!made) {
        return sys::failed(step);
    }
    auto set = clear_of_standard(std::move(made), step);
    epoll_event event{};
    event.events = events;
    if (set && sys::epoll_ctl(set->get(), EPOLL_CTL_ADD, fd, &event) == -1) {
        return sys::failed(step);
    }
    return set;
}

} // namespace

result<unique_handle> end_waitable(native_handle end, direction way) {
    return set_of(end, way == direction::read ? EPOLLIN : EPOLLOUT);
}

result<unique_handle> process_waitable(const process& what) { return set_of(what.handle.get(), EPOLLIN); }

} // namespace windpipe::platform
