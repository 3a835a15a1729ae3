// How a side of a ring waits: it looks again, or lets the other side have the processor, and then sleeps.
#include "ring_view.hpp"

#include "core/pacing.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace windpipe::detail {

/// Before a sleep, where the other side may move soon: looks again and again if it has a processor of its own, else
/// lets it have ours. PRE: nothing was there at the last look. True: the other side has moved.
bool ring_view::comes_soon(interruption& interrupted, std::unique_lock<ring_lock>& lock) {
    shares_processor_ = words_.shares(platform::this_processor());
    if (interrupted.why()) {
        return false;
    }
    return shares_processor_ ? is_far(interrupted.until()) && yields(interrupted, lock) : spin(interrupted, lock);
}

bool ring_view::spin(interruption& interrupted, std::unique_lock<ring_lock>& lock) const {
    pacing* const pace = interrupted.pace();
    if (pace == nullptr || !pace->worth_spinning()) {
        return false;
    }
    constexpr int pauses = 8;
    const std::uint64_t before = indices_.other();
    lock.unlock();
    const auto start = deadline::clock::now();
    bool moved = false;
    while (!moved && deadline::clock::now() - start <= pace->longest_mutual_spin()) {
        for (int i = 0; i < pauses && !moved; ++i) {
            platform::relax();
            moved = words_.glance() != before;
        }
    }
    lock.lock();
    pace->spun(moved);
    return moved;
}

bool ring_view::yields(interruption& interrupted, std::unique_lock<ring_lock>& lock) {
    if (!yielding_.worth_it()) {
        return false;
    }
    const std::uint64_t before = indices_.other();
    lock.unlock();
    const auto start = deadline::clock::now();
    std::this_thread::yield();
    const auto time = deadline::clock::now() - start;
    const std::uint64_t came = words_.glance() - before;
    interrupted.waited(time);
    lock.lock();
    yielding_.yielded(came, time);
    return came != 0;
}

/// As platform::wait_for_ring(). Where there may be other processes, one of the other side may have been killed between
/// its bytes and its bell, and none of them may come to see that: so it is looked for again each second.
result<bool> ring_view::sleep_unlocked(bells by, interruption& interrupted) const {
    if (!takes_turns_) {
        return platform::wait_for_ring(by.woken_by, interrupted);
    }
    const unique_handle asleep = platform::sleep_with_turn(by.turns);
    const wait_limit limit{.until = std::min(interrupted.until(), deadline(std::chrono::seconds(1)))};
    interruption for_a_while(limit); // what calls off the whole call wakes this thread
    const auto start = deadline::clock::now();
    auto slept = platform::wait_for_ring(by.woken_by, for_a_while);
    interrupted.waited(deadline::clock::now() - start);
    if (!slept && slept.error().code == std::errc::timed_out) {
        return false;
    }
    return slept;
}

result<void> ring_view::sleep(bells by, interruption& interrupted, std::unique_lock<ring_lock>& lock) {
    const auto mine = interrupted.arm();
    if (!mine) {
        return std::unexpected(mine.error());
    }
    waiter self{*mine, waiting_};
    waiting_ = &self;
    lock.unlock();
    const auto start = deadline::clock::now();
    auto slept = sleep_unlocked(by, interrupted);
    if (pacing* const pace = interrupted.pace()) {
        pace->slept(deadline::clock::now() - start);
    }
    lock.lock();
    for (waiter** at = &waiting_; *at != nullptr; at = &(*at)->next) {
        if (*at == &self) {
            *at = self.next;
            break;
        }
    }
    if (!slept) {
        return std::unexpected(std::move(slept).error());
    }
    taken_ = *slept;
    return {};
}

result<ring_view::outcome> ring_view::wait(std::size_t need, bells by, interruption& interrupted,
                                           std::unique_lock<ring_lock>& lock, std::string_view operation) {
    const bool writes = whose_ == ring_indices::side::writes;
    bool may_try = true;
    while (true) {
        if (auto looked = look(operation); !looked) {
            return std::unexpected(std::move(looked).error());
        }
        if (indices_.amount() >= need) {
            return outcome::enough;
        }
        if (std::exchange(may_try, false) && comes_soon(interrupted, lock)) {
            may_try = true;
            continue;
        }
        result<bool> there = true;
        const bool gives_up = interrupted.why().has_value();
        if (!std::exchange(taken_, false) || gives_up) {
            const std::uint32_t left = words_.left();
            there = drain(by.woken_by, gives_up || left != left_seen_, operation);
            left_seen_ = left;
        }
        if (!there) {
            return std::unexpected(there.error());
        }
        if (*there) {
            if (auto announced = announce(operation); !announced) {
                return std::unexpected(std::move(announced).error());
            }
        }
        if (auto looked = look(operation); !looked) {
            return std::unexpected(std::move(looked).error());
        }
        if (!*there) { // what it did before it went has been seen now
            return writes || indices_.amount() < need ? outcome::alone : outcome::enough;
        }
        if (indices_.amount() >= need) {
            return outcome::enough;
        }
        if (const auto why = interrupted.why()) {
            return std::unexpected(interruption::gave_up(*why, operation));
        }
        if (auto slept = sleep(by, interrupted, lock); !slept) {
            return std::unexpected(error{slept.error().code, operation, slept.error().context});
        }
        may_try = words_.glance() != indices_.other(); // else the end may have come
    }
}

} // namespace windpipe::detail
