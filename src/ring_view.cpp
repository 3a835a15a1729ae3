#include "ring_view.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace windpipe::detail {

namespace {

std::unexpected<error> damaged(std::string_view operation) {
    return std::unexpected(error{std::make_error_code(std::errc::protocol_error), operation,
                                 "the other process has damaged the memory of this ring; close it"});
}

std::unexpected<error> cannot_order(std::string_view operation) {
    return std::unexpected(error{std::make_error_code(std::errc::operation_not_supported), operation,
                                 "another process has used this end, and this one may not call membarrier(2)"});
}

/// For calls of the contract that must not wait.
const wait_limit& no_wait() noexcept {
    static const wait_limit limit{.until = deadline::clock::time_point::min()};
    return limit;
}

} // namespace

namespace {

/// What the memory says of one side. Nothing: it cannot be.
std::optional<ring_indices> indices_in(const ring_words& words, ring_indices::side whose, std::size_t capacity) {
    const std::uint64_t own = words.own_counter();
    const std::uint64_t other = words.look();
    const std::uint64_t start = whose == ring_indices::side::writes ? words.own_start() : words.look_at_start();
    return ring_indices::begin(whose, capacity, own, other, start);
}

} // namespace

result<std::shared_ptr<ring_view>> ring_view::of(std::shared_ptr<ring_mapping> memory, ring_indices::side whose,
                                                 platform::turn_taker_ptr turns) {
    (void)platform::can_order_threads(); // what takes a moment the first time is not for a call with a deadline
    const ring_words words = memory->words(whose);
    // Where others may be at work, what the two counters are is not of one moment: each call begins with its own look.
    const auto indices = turns != nullptr ? ring_indices::begin(whose, memory->capacity(), 0, 0, 0)
                                          : indices_in(words, whose, memory->capacity());
    if (!indices) {
        return damaged("adopt");
    }
    try {
        return std::make_shared<ring_view>(std::move(memory), words, *indices, whose, std::move(turns));
    } catch (const std::bad_alloc&) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "map ring"});
    }
}

result<ring_view::held> ring_view::begin(bells by, interruption& interrupted, std::unique_lock<ring_lock>& lock,
                                         std::string_view operation) {
    if (!takes_turns_) {
        auto begun = begun_ ? result<void>{} : begin_first(operation);
        return begun ? result<held>() : std::unexpected(std::move(begun).error());
    }
    lock.unlock();
    const auto taken = platform::take_turn(*turns_, by.turns, interrupted);
    lock.lock();
    if (!taken) {
        return std::unexpected(error{taken.error().code, operation, taken.error().context});
    }
    held mine(*this, by.turns);
    obeys_ = platform::can_order_processes();
    if (*taken) {
        do_for_dead(by.wakes, operation);
    }
    if (auto begun = begin_turn(operation); !begun) {
        return std::unexpected(std::move(begun).error());
    }
    begun_ = true;
    return mine;
}

result<void> ring_view::begin_first(std::string_view operation) {
    obeys_ = platform::can_order_processes();
    if (!obeys_ && words_.must_order()) {
        return cannot_order(operation);
    }
    if (obeys_) {
        words_.promise_to_order(true);
        promised_ = true;
    }
    begun_ = true;
    plain_ = here_;
    return {};
}

/// One who has ended between two steps of a call may not have woken the other side, nor passed the barrier he owed.
void ring_view::do_for_dead(native_handle wakes, std::string_view operation) {
    if (obeys_) {
        words_.promise_to_order(true);
    }
    words_.still_waits();
    (void)ring(wakes, operation);
}

/// What the others at this side have done meanwhile.
result<void> ring_view::begin_turn(std::string_view operation) {
    promised_ = words_.must_order();
    const auto indices = indices_in(words_, whose_, capacity());
    if (!indices) {
        return damaged(operation);
    }
    indices_ = *indices;
    return {};
}

/// The same where nobody is there to be waited for. What only a call that waits needs is learnt by that.
bool ring_view::takes_free_turn() noexcept {
    if (!platform::take_free_turn(*turns_)) {
        return false;
    }
    if (words_.own_counter() == indices_.own() && (!writes() || words_.own_start() == indices_.start())) {
        return true;
    }
    const auto indices = indices_in(words_, whose_, capacity());
    if (!indices) {
        platform::give_turn_back(*turns_, no_handle);
        return false;
    }
    indices_ = *indices;
    return true;
}

result<void> ring_view::look(std::string_view operation) { return looks_right() ? result<void>{} : damaged(operation); }

void ring_view::start_again_if_idle() noexcept {
    constexpr std::size_t little = 256UL * 1024;    // less than the second cache of a processor
    constexpr std::size_t much = 4UL * 1024 * 1024; // more than two of them
    constexpr int enough = 4;                       // in a stream, two writes in a row seldom find it empty
    if (indices_.own() < look_idle_at_) {
        return;
    }
    // Not at once: whoever uses a page for the first time waits for it.
    const std::size_t used = shares_processor_ ? little : std::clamp<std::uint64_t>(indices_.own() / 32, little, much);
    const bool idle = capacity() > used && indices_.own() - indices_.start() >= used && looks_right() &&
                      indices_.amount() == capacity();
    idle_looks_ = idle ? idle_looks_ + 1 : 0;
    if (idle_looks_ == enough && indices_.start_again()) {
        words_.tell_start(indices_.own());
        idle_looks_ = 0;
    }
    if (idle_looks_ == 0) {
        look_idle_at_ = indices_.own() + little;
    }
}

result<void> ring_view::gather(std::size_t wish, const deadline& until, std::string_view operation) {
    return gathers_right(wish, until) ? result<void>{} : damaged(operation);
}

bool ring_view::comes_at_once() noexcept {
    constexpr int glances = 24;
    for (int i = 0; i < glances; ++i) {
        platform::relax();
        if (words_.glance() != indices_.other()) {
            return looks_right() && indices_.amount() > 0;
        }
    }
    return false;
}

bool ring_view::looks_right_after(int pauses) noexcept {
    for (int i = 0; i < pauses; ++i) {
        platform::relax();
    }
    return looks_right();
}

bool ring_view::gathers_little_right(std::size_t wish, const deadline& until) noexcept {
    if (!looks_right()) {
        return false;
    }
    const std::size_t before = indices_.amount();
    if (!crumbs::are(before, wish, capacity())) {
        return true;
    }
    const crumbs::way how = crumbs_.decide(before, !takes_turns_ && is_far(until));
    if (how != crumbs::way::gather) {
        const bool right = how == crumbs::way::take || looks_right_after(crumbs::pause);
        if (how == crumbs::way::pause) {
            crumbs_.paused(indices_.amount() > before);
        }
        return right;
    }
    crumbs::gathering gathering(crumbs_, before, capacity(), deadline::clock::now());
    do {
        if (!looks_right_after(gathering.pauses())) {
            return false;
        }
    } while (gathering.goes_on(indices_.amount(), deadline::clock::now()));
    crumbs_.learn(gathering);
    return true;
}

result<bool> ring_view::drain(native_handle woken_by, bool to_the_last, std::string_view operation) {
    constexpr int enough = 4; // a peer that rings without end is there
    std::array<std::byte, 64> rung;
    for (int time = 0; time < enough; ++time) {
        interruption at_once(no_wait());
        const auto n = platform::read_some(woken_by, rung, at_once);
        if (!n) {
            if (n.error().code == std::errc::timed_out) {
                return true;
            }
            return std::unexpected(error{n.error().code, operation, n.error().context});
        }
        if (*n == 0) {
            return false;
        }
        wake_others(); // that may have been for them
        if (*n < rung.size() && !to_the_last) {
            return true;
        }
    }
    return true;
}

/// A barrier by the system spares the other side one in each of its calls: worth it where these are many.
result<void> ring_view::announce(std::string_view operation) {
    constexpr std::uint64_t many_bytes = 4096;
    const bool owed = promised_;
    if (owed && !obeys_) {
        return cannot_order(operation);
    }
    promised_ = obeys_ && indices_.own() - std::exchange(announced_at_, indices_.own()) >= many_bytes;
    if (promised_ != owed) {
        words_.promise_to_order(promised_);
    }
    words_.announce();
    if (owed || promised_) {
        if (auto ordered = platform::order_processes(); !ordered) {
            words_.promise_to_order(true); // it is still owed
            promised_ = true;
            return std::unexpected(error{ordered.error().code, operation, ordered.error().context});
        }
    }
    return {};
}

void ring_view::wake_others() const noexcept {
    for (const waiter* other = waiting_; other != nullptr; other = other->next) {
        other->who->wake();
    }
}

result<void> ring_view::ring(native_handle wakes, std::string_view operation) {
    const std::byte one{1};
    const const_buffer bell(&one, 1);
    interruption at_once(no_wait());
    const auto rung = platform::write_some(wakes, {&bell, 1}, 1, true, at_once);
    if (rung || rung.error().code == std::errc::timed_out) { // full: it has been rung often enough
        return {};
    }
    if (rung.error().code == std::errc::broken_pipe && whose_ == ring_indices::side::reads) {
        return {}; // what a writer has left can still be read
    }
    words_.still_waits();
    return std::unexpected(error{rung.error().code, operation, rung.error().context});
}

/// Whether the other side has gone on since this was last asked.
bool ring_view::goes_on() noexcept {
    constexpr unsigned many = 16; // then it may as well be asked for sooner
    shares_processor_ = words_.shares(platform::this_processor());
    const std::uint64_t progress = words_.glance();
    if (std::exchange(progress_seen_, progress) == progress) {
        return false;
    }
    if (++progresses_ == many) {
        progresses_ = 0;
        calm_ -= calm_ > 0 ? 1 : 0;
    }
    return true;
}

/// Somebody reads: so much may go unseen, of which these bytes are the first.
void ring_view::grant(std::size_t bytes) noexcept {
    may_go_unseen_ = most_unseen << calm_;
    may_go_unseen_ -= std::min(may_go_unseen_, weight(bytes));
}

bool ring_view::is_read_on(std::size_t bytes) noexcept {
    if (is_surely_read(bytes)) {
        return true;
    }
    if (!nobody_left() || indices_.own() >= look_idle_at_ || !goes_on()) {
        return false;
    }
    grant(bytes);
    return true;
}

result<bool> ring_view::is_read(std::size_t bytes, bells by) {
    const std::uint32_t left = words_.left(); // before the look at who is there
    if (left == left_seen_ && is_surely_read(bytes)) {
        return true;
    }
    may_go_unseen_ = 0; // where nobody is there
    result<bool> there = true;
    if (!goes_on() || left != left_seen_) {
        if (left == left_seen_) {
            progresses_ = 0;
            calm_ = std::min(calm_ + 1, most_calm);
        }
        there = drain(by.woken_by, true, "write");
    }
    if (there && *there) {
        left_seen_ = left;
        if (idle_looks_ == 0) { // an idle one is looked at in a row
            grant(bytes);
        }
    }
    return there;
}

void ring_view::remove_end(bool closed) noexcept {
    if (closed) {
        words_.leave();
    }
    if (--ends_ == 0) {
        plain_ = &never_plain;
        memory_.reset();
        turns_.reset();
    }
}

} // namespace windpipe::detail
