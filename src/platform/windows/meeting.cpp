#include "named_pipe.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <cstring>

namespace windpipe::platform {

namespace {

std::wstring path_of(const std::string& name) {
    std::wstring path = L"\\\\.\\pipe\\windpipe-offer-";
    path.append(name.begin(), name.end()); // ASCII
    return path;
}

/// One visitor's way in. The first one makes the name, which nobody else may have made before.
unique_handle make_door(const std::string& name, DWORD first) {
    constexpr DWORD room = 1024;
    auto security = for_this_user_alone();
    if (!security) {
        ::SetLastError(static_cast<DWORD>(security.error().code.value()));
        return {};
    }
    unique_handle door =
        sys::create_named_pipe(path_of(name).c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
                               PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, room,
                               &*security, PIPE_UNLIMITED_INSTANCES);
    thread_context::forget_ends();
    return door;
}

/// Waits until somebody has opened the other side, even if he has gone again.
result<void> wait_for_visitor(HANDLE door, interruption& interrupted) {
    const auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(waker.error());
    }
    thread_context& self = thread_context::of(**waker);
    OVERLAPPED operation{};
    operation.hEvent = self.transfer_event();
    const DWORD code = sys::connect_named_pipe(door, &operation) ? ERROR_SUCCESS : ::GetLastError();
    if (code == ERROR_IO_PENDING) {
        const auto waited = wait_for(door, operation, "offer", self, interrupted);
        if (!waited) {
            return std::unexpected(waited.error());
        }
        if (waited->called_off) {
            return std::unexpected(
                interruption::gave_up(interrupted.why().value_or(std::errc::operation_canceled), "offer"));
        }
        return waited->code == ERROR_SUCCESS ? result<void>() : sys::failed("offer", waited->code);
    }
    const bool came = code == ERROR_SUCCESS || code == ERROR_PIPE_CONNECTED || code == ERROR_NO_DATA;
    return came ? result<void>() : sys::failed("offer", code);
}

std::unexpected<error> hung_up(std::string_view operation) {
    return sys::refused(operation, std::errc::connection_reset, "the other process has ended, or given up");
}

std::unexpected<error> of_another_user() {
    return sys::refused("redeem", std::errc::operation_not_permitted, "it is offered by another user");
}

std::unexpected<error> nobody_there() {
    return sys::refused("redeem", std::errc::no_such_file_or_directory,
                        "nobody offers this end: it was withdrawn, or its process has ended");
}

/// All doors are taken: looks again after a moment.
result<void> wait_a_moment(interruption& interrupted) {
    constexpr DWORD moment = 10;
    auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(std::move(waker).error());
    }
    if (const auto why = interrupted.why()) {
        return std::unexpected(interruption::gave_up(*why, "redeem"));
    }
    if (sys::wait_for_one((*waker)->handle(), moment) == WAIT_OBJECT_0) {
        (*waker)->clear();
    }
    return {};
}

/// The process at the server's side of a pipe, if it is of this user.
result<conversation> with_host(unique_handle channel) {
    ULONG id = 0;
    if (!sys::get_server_id(channel.get(), &id)) {
        auto failed = sys::failed("redeem");
        return failed.error().code == std::errc::broken_pipe ? hung_up("redeem") : failed;
    }
    unique_handle process = sys::open_process(PROCESS_DUP_HANDLE | PROCESS_QUERY_LIMITED_INFORMATION, id);
    if (!process) {
        const DWORD code = ::GetLastError();
        return code == ERROR_ACCESS_DENIED       ? of_another_user()
               : code == ERROR_INVALID_PARAMETER ? nobody_there() // it has just ended
                                                 : sys::failed("redeem", code);
    }
    const auto ours = is_of_this_user(process.get());
    if (!ours) {
        return std::unexpected(ours.error());
    }
    if (!*ours) {
        return of_another_user();
    }
    return conversation{std::move(channel), id, std::move(process)};
}

} // namespace

// ---- meeting

result<unique_handle> open_meeting(const std::string& name) {
    unique_handle door = make_door(name, FILE_FLAG_FIRST_PIPE_INSTANCE);
    return door ? result<unique_handle>(std::move(door)) : sys::failed("offer");
}

result<conversation> next_visitor(unique_handle& meeting, const std::string& name, interruption& interrupted) {
    if (auto came = wait_for_visitor(meeting.get(), interrupted); !came) {
        return std::unexpected(std::move(came).error());
    }
    unique_handle next = make_door(name, 0); // there is always one, or the name would be gone
    if (!next) {
        auto failed = sys::failed("offer");
        ::DisconnectNamedPipe(meeting.get()); // for the next one
        return failed;
    }
    conversation with{.channel = std::exchange(meeting, std::move(next))};
    ULONG id = 0;
    if (!sys::get_client_id(with.channel.get(), &id)) {
        return sys::failed("offer");
    }
    with.other = id;
    return with;
}

result<conversation> visit(const std::string& name, interruption& interrupted) {
    const std::wstring path = path_of(name);
    while (true) {
        unique_handle channel = sys::open_named_pipe(path.c_str());
        if (channel) {
            thread_context::forget_ends();
            return with_host(std::move(channel));
        }
        const DWORD code = ::GetLastError();
        if (code == ERROR_FILE_NOT_FOUND) {
            return nobody_there();
        }
        if (code == ERROR_ACCESS_DENIED) {
            return of_another_user();
        }
        if (code != ERROR_PIPE_BUSY) {
            return sys::failed("redeem", code);
        }
        if (auto waited = wait_a_moment(interrupted); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

// ---- talking

namespace {

/// Where a message has the value of a handle: that of its sender.
constexpr std::size_t value_at = std::tuple_size_v<message> - sizeof(std::uint64_t);

} // namespace

result<void> say(const conversation& with, message what, native_handle end, interruption& interrupted) {
    const std::uint64_t value = end == no_handle ? 0 : reinterpret_cast<std::uintptr_t>(end);
    std::memcpy(what.data() + value_at, &value, sizeof value);
    for (const_buffer left = what; !left.empty();) {
        const auto sent = write_some(with.channel.get(), std::span(&left, 1), left.size(), true, interrupted);
        if (!sent) {
            return sent.error().code == std::errc::broken_pipe ? hung_up("send") : std::unexpected(sent.error());
        }
        left = left.subspan(*sent);
    }
    return {};
}

result<heard> listen(const conversation& with, interruption& interrupted) {
    heard said;
    for (std::span<std::byte> left = said.what; !left.empty();) {
        const auto got = read_some(with.channel.get(), left, interrupted);
        if (got ? *got == 0 : got.error().code == std::errc::broken_pipe) {
            return hung_up("receive");
        }
        if (!got) {
            return std::unexpected(got.error());
        }
        left = left.subspan(*got);
    }
    std::uint64_t value = 0;
    std::memcpy(&value, said.what.data() + value_at, sizeof value);
    if (with.process && value != 0) {
        said.end = sys::copy_from(with.process.get(), reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(value)));
        if (!said.end) {
            const DWORD code = ::GetLastError(); // the first two: the offerer has closed it meanwhile, or ended
            return code == ERROR_INVALID_HANDLE || code == ERROR_ACCESS_DENIED ? hung_up("receive")
                                                                               : sys::failed("receive", code);
        }
        thread_context::forget_ends();
    }
    return said;
}

} // namespace windpipe::platform
