#include "sys.hpp"
#include "waiting.hpp"

#include "platform/platform.hpp"

#include <array>
#include <new>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "wait for turn";

/// Whoever had it may have ended with it.
bool has_come(DWORD woken) noexcept { return woken == WAIT_OBJECT_0 || woken == WAIT_ABANDONED_0; }

} // namespace

/// The turn is a mutex, the place as well: nothing else has to be kept. Source: "Mutex Objects".
class turn_taker {};

void let_go_of_turns::operator()(turn_taker* what) const noexcept { delete what; }

result<unique_handle> create_turns() {
    unique_handle made = sys::create_mutex();
    return made ? result<unique_handle>(std::move(made)) : sys::failed("make ring");
}

result<void> check_turns(native_handle turns) {
    DWORD flags = 0;
    return turns != no_handle && sys::get_handle_information(turns, &flags) ? result<void>{}
                                                                            : sys::failed(step, ERROR_INVALID_HANDLE);
}

bool take_free_turn(turn_taker& /*with*/) noexcept { return false; }

result<turn_taker_ptr> join_turns(native_handle /*memory*/, std::atomic<std::uint64_t>& /*turn*/) {
    turn_taker_ptr made(new (std::nothrow) turn_taker);
    return made ? result<turn_taker_ptr>(std::move(made)) : sys::failed(step, ERROR_NOT_ENOUGH_MEMORY);
}

result<bool> take_turn(turn_taker& /*with*/, native_handle turns, interruption& interrupted) {
    constexpr int short_tries = 64; // where there is no time: who does not sleep with it is soon done
    for (int tries = 0; tries < short_tries; ++tries) {
        const DWORD woken = sys::wait_for_one(turns, 0);
        if (has_come(woken)) {
            return woken == WAIT_ABANDONED_0;
        }
        if (woken == WAIT_FAILED) {
            return sys::failed(step);
        }
        if (!interrupted.why()) {
            break;
        }
        ::SwitchToThread();
    }
    while (!interrupted.why()) {
        const auto waker = interrupted.arm();
        if (!waker) {
            return std::unexpected(waker.error());
        }
        if (interrupted.why()) {
            break;
        }
        const std::array<HANDLE, 2> handles{turns, (*waker)->handle()};
        const DWORD woken = sys::wait_for_any(2, handles.data(), milliseconds_until(interrupted.until()));
        if (has_come(woken)) {
            return woken == WAIT_ABANDONED_0;
        }
        if (woken == WAIT_FAILED) {
            return sys::failed(step);
        }
        if (woken == WAIT_OBJECT_0 + 1) {
            (*waker)->clear();
        }
    }
    return std::unexpected(interruption::gave_up(*interrupted.why(), step));
}

void give_turn_back(turn_taker& /*with*/, native_handle turns) noexcept { ::ReleaseMutex(turns); }

unique_handle sleep_with_turn(native_handle /*turns*/) noexcept { return {}; }

} // namespace windpipe::platform
