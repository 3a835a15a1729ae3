#include "descriptors.hpp"
#include "sys.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <new>
#include <string>
#include <thread>

namespace windpipe::platform {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view step = "wait for turn";

/// A second open file of the same object. It needs /proc.
unique_handle opened_again(int fd, int flags) {
    std::array<char, 32> path{"/proc/self/fd/"};
    (void)std::to_chars(path.data() + std::char_traits<char>::length(path.data()), path.data() + path.size() - 1, fd);
    return unique_handle(sys::open(path.data(), flags | O_CLOEXEC));
}

} // namespace

/// The turn is a lock of one byte of the ring's memory, by an open file that no other process has: the system gives it
/// back when that is closed. Nobody can wait for a lock and for something else at once. So the place is the read end of
/// a pipe, to which nobody writes: it has no writer but while somebody sleeps with the turn, and that it has lost its
/// last one is what poll(2) tells, also when that one was killed.
/// Source: "Open file description locks" in fcntl(2); POLLHUP in poll(2).
class turn_taker {
public:
    turn_taker(unique_handle own, std::uint8_t side) noexcept : own_(std::move(own)), side_(side) {}

    /// False: another thread or process has it.
    result<bool> try_take() noexcept {
        if (taken_.exchange(true, std::memory_order_acquire)) { // the lock is that of all our threads
            return false;
        }
        if (sys::lock_byte(own_.get(), side_, F_WRLCK) == 0) {
            return true;
        }
        const int code = errno;
        taken_.store(false, std::memory_order_release);
        return code == EAGAIN || code == EACCES ? result<bool>(false) : sys::failed(step, code);
    }
    void give_back() noexcept {
        for (int tries = 0; tries < 2 && sys::lock_byte(own_.get(), side_, F_UNLCK) == -1; ++tries) {
        }
        taken_.store(false, std::memory_order_release);
    }

    result<void> sleeps(int turns) {
        asleep_ = opened_again(turns, O_WRONLY);
        return asleep_ ? result<void>{} : sys::failed(step);
    }
    void wakes() noexcept { asleep_.reset(); }

private:
    unique_handle own_; // the memory, opened once more
    std::uint8_t side_;
    std::atomic<bool> taken_ = false;
    unique_handle asleep_; // of whoever has the turn
};

void let_go_of_turns::operator()(turn_taker* what) const noexcept { delete what; }

result<unique_handle> create_turns() {
    constexpr std::size_t least = 4096; // nothing is ever in it
    auto made = create_pipe(least, local_end::none);
    return made ? result<unique_handle>(std::move(made->reader)) : std::unexpected(std::move(made).error());
}

result<void> check_turns(native_handle turns) { return check_end(turns, direction::read); }

result<turn_taker_ptr> join_turns(native_handle memory, std::uint8_t side) {
    unique_handle own = opened_again(memory, O_RDWR);
    if (!own) {
        return sys::failed(step, errno, "the memory of the ring has to be opened by /proc");
    }
    auto clear = clear_of_standard(std::move(own), step);
    if (!clear) {
        return std::unexpected(std::move(clear).error());
    }
    turn_taker_ptr made(new (std::nothrow) turn_taker(std::move(*clear), side));
    return made ? result<turn_taker_ptr>(std::move(made)) : sys::failed(step, ENOMEM);
}

result<void> take_turn(turn_taker& with, native_handle turns, interruption& interrupted) {
    constexpr int short_tries = 64; // who does not sleep with it is soon done
    constexpr auto longest_pause = 10ms;
    auto pause = 50us;
    for (int tries = 0;; ++tries) {
        const auto taken = with.try_take();
        if (!taken || *taken) {
            return taken ? result<void>{} : std::unexpected(taken.error());
        }
        pollfd place{turns, 0, 0};
        const timespec at_once{};
        const int over = sys::ppoll(&place, 1, &at_once);
        if (over == -1 && errno != EINTR) {
            return sys::failed(step);
        }
        if (over > 0 && tries < short_tries) {
            std::this_thread::yield();
            continue;
        }
        // Whoever has it sleeps, or is kept from running.
        auto waited =
            over == 0 ? wait_for(turns, 0, interrupted, step) : wait_for(-1, 0, interrupted, step, deadline(pause));
        if (!waited) {
            return waited;
        }
        if (over > 0) {
            pause = std::min<std::chrono::microseconds>(pause * 2, longest_pause);
        }
    }
}

void give_turn_back(turn_taker& with, native_handle /*turns*/) noexcept { with.give_back(); }

result<void> sleeps_with_turn(turn_taker& with, native_handle turns) { return with.sleeps(turns); }
void wakes_with_turn(turn_taker& with) noexcept { with.wakes(); }

} // namespace windpipe::platform
