#include "descriptors.hpp"
#include "sys.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <thread>

namespace windpipe::platform {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view step = "wait for turn";

/// A second open file of the same object. It needs /proc.
unique_handle opened_again(int fd, int flags) {
    std::array<char, 40> path{"/proc/thread-self/fd/"};
    (void)std::to_chars(path.data() + std::char_traits<char>::length(path.data()), path.data() + path.size() - 1, fd);
    return unique_handle(sys::open(path.data(), flags | O_CLOEXEC));
}

} // namespace

/// The turn is a word in the ring's memory: the number of the process that has it. That this one still lives is what
/// the system knows: it holds a lock of the byte with its number, by an open file that no other process has. So what
/// others write to the word can take time, but keeps nobody from the side for good. For others to wait until somebody
/// who sleeps with the turn has given it back, the place is the read end of a pipe to which nobody writes: it has no
/// writer but while somebody sleeps, and that it has lost its last one is what poll(2) tells, also when that one was
/// killed.
/// Source: "Open file description locks" in fcntl(2); POLLHUP in poll(2).
class turn_taker {
public:
    turn_taker(unique_handle own, std::uint64_t number, std::atomic<std::uint64_t>& turn) noexcept
        : own_(std::move(own)), number_(number), turn_(turn) {}

    [[nodiscard]] bool try_take() noexcept {
        std::uint64_t has = 0;
        return turn_.compare_exchange_strong(has, number_, std::memory_order_acquire, std::memory_order_relaxed);
    }
    /// From one that has ended in a call, or was never there.
    result<bool> take_from_dead() noexcept {
        std::uint64_t has = turn_.load(std::memory_order_relaxed);
        if (has == 0 || has == number_) { // that is another thread of ours
            return false;
        }
        if (has <= most_numbers) {
            const auto lives = sys::byte_is_locked(own_.get(), static_cast<off_t>(has));
            if (lives != 0) {
                return lives == 1 ? result<bool>(false) : sys::failed(step);
            }
        }
        return turn_.compare_exchange_strong(has, number_, std::memory_order_acquire, std::memory_order_relaxed);
    }
    void give_back() noexcept { turn_.store(0, std::memory_order_release); }

    static constexpr std::uint64_t most_numbers = std::numeric_limits<off_t>::max() / 2;

private:
    unique_handle own_; // the memory, opened once more
    std::uint64_t number_;
    std::atomic<std::uint64_t>& turn_;
};

void let_go_of_turns::operator()(turn_taker* what) const noexcept { delete what; }

result<unique_handle> create_turns() {
    constexpr std::size_t least = 4096; // nothing is ever in it
    auto made = create_pipe(least, local_end::none);
    return made ? result<unique_handle>(std::move(made->reader)) : std::unexpected(std::move(made).error());
}

result<void> check_turns(native_handle turns) { return check_end(turns, direction::read); }

result<turn_taker_ptr> join_turns(native_handle memory, std::atomic<std::uint64_t>& turn) {
    auto own = opened_again(memory, O_RDWR);
    if (!own) {
        return sys::failed(step, errno, "the memory of the ring has to be opened by /proc");
    }
    auto clear = clear_of_standard(std::move(own), step);
    if (!clear) {
        return std::unexpected(std::move(clear).error());
    }
    std::uint64_t number = 0;
    int locked = -1;
    constexpr int attempts = 8; // a number that another one has comes by chance hardly ever
    for (int i = 0; i < attempts && locked == -1; ++i) {
        if (auto random = random_bytes(std::as_writable_bytes(std::span(&number, 1))); !random) {
            return std::unexpected(std::move(random).error());
        }
        number = number % turn_taker::most_numbers + 1;
        locked = sys::lock_byte(clear->get(), static_cast<off_t>(number));
        if (locked == -1 && errno != EAGAIN) {
            break;
        }
    }
    if (locked == -1) {
        return sys::failed(step, errno, "the memory of the ring has to be locked");
    }
    turn_taker_ptr made(new (std::nothrow) turn_taker(std::move(*clear), number, turn));
    return made ? result<turn_taker_ptr>(std::move(made)) : sys::failed(step, ENOMEM);
}

bool take_free_turn(turn_taker& with) noexcept { return with.try_take(); }

result<bool> take_turn(turn_taker& with, native_handle turns, interruption& interrupted) {
    constexpr int first_tries = 50;
    constexpr int short_tries = 64; // who does not sleep with it is soon done
    constexpr auto first_pause = 50us;
    constexpr auto longest_pause = 10ms;
    constexpr auto longest_sleep = 1s; // a child made by fork while another thread slept keeps the pipe from ending
    for (int tries = 0; tries < first_tries; ++tries) {
        if (with.try_take()) {
            return false;
        }
        relax();
    }
    std::chrono::microseconds pause = first_pause;
    for (int tries = 0;; ++tries) {
        if (with.try_take()) {
            return false;
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
        // Whoever has it sleeps, or is kept from running, or is no more.
        if (auto taken = with.take_from_dead(); !taken || *taken) {
            return taken;
        }
        if (over == 0) {
            tries = 0;
            pause = first_pause;
        }
        auto waited = over == 0 ? wait_for(turns, 0, interrupted, step, deadline(longest_sleep))
                                : wait_for(-1, 0, interrupted, step, deadline(pause));
        if (!waited) {
            return std::unexpected(std::move(waited).error());
        }
        if (over != 0) {
            pause = std::min<std::chrono::microseconds>(pause * 2, longest_pause);
        }
    }
}

void give_turn_back(turn_taker& with, native_handle /*turns*/) noexcept { with.give_back(); }

unique_handle sleep_with_turn(native_handle turns) noexcept {
    auto writer = clear_of_standard(opened_again(turns, O_WRONLY), step);
    return writer ? std::move(*writer) : unique_handle();
}

} // namespace windpipe::platform
