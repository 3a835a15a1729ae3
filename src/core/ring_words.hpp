// ring_words.hpp - what two processes say to each other in the memory of a ring, and in which order.
//
// docs/design/0037-a-ring-between-processes.md has the argument. In short: whoever moves its counter looks afterwards
// whether the other side has said that it waits; whoever is going to wait says so first and looks at the counter
// afterwards. All four are sequentially consistent: in the one order that these have, one of the two looks comes after
// the other's word, so that nobody sleeps for what is there already. Or whoever waits pays for both: between its word
// and its look it has all processes that take part pass a barrier, and those who move need none. That a counter is seen
// also means that the bytes it speaks of are.
#pragma once

#include "ring_indices.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace windpipe {

/// Apart by what processors fetch at once: two lines on x86.
inline constexpr std::size_t apart = 128;

/// What one side writes and the other reads.
template <template <class> class Atomic>
struct basic_ring_side {
    alignas(apart) Atomic<std::uint64_t> counter = 0; ///< bytes it has read, or written
    Atomic<std::uint64_t> start = 0;                  ///< of the writer: the counter of the first byte of the memory
    alignas(apart) Atomic<std::uint32_t> waits = 1;   ///< it may sleep: ring. At first, so that poll(2) works
    Atomic<std::uint32_t> orders = 0;                 ///< it has us pass a barrier before it sleeps
    Atomic<std::uint32_t> processor = 0;              ///< where it was when it last waited, from 1 on
    alignas(apart) Atomic<std::uint32_t> left = 0;    ///< how often an end of it was closed: see who is there
    alignas(apart) Atomic<std::uint64_t> turn = 0;    ///< which of several processes has the side; 0: none
};

/// The words of one side, seen by that side.
template <template <class> class Atomic>
class basic_ring_words {
public:
    using side = basic_ring_side<Atomic>;
    basic_ring_words(side& own, side& other) noexcept : own_(&own), other_(&other) {}

    /// Tells the other side how far we are, for it to see when it looks.
    void tell(std::uint64_t counter) const noexcept { own_->counter.store(counter, std::memory_order_release); }
    /// The same, and true: it may sleep, and must be woken now. Nobody else does it then. `obeys`: this process passes
    /// the barriers of others.
    [[nodiscard]] bool publish(std::uint64_t counter, bool obeys) const noexcept {
        return must_wake(counter, obeys) && other_->waits.exchange(0, std::memory_order_seq_cst) != 0;
    }
    /// The same, where somebody else may wake it meanwhile.
    [[nodiscard]] bool must_wake(std::uint64_t counter, bool obeys) const noexcept {
        // INVARIANT: a side that sleeps without a barrier has taken back its word that it orders, with a last one.
        if (obeys && other_->orders.load(std::memory_order_acquire) != 0) [[likely]] {
            own_->counter.store(counter, std::memory_order_release);
            std::atomic_signal_fence(std::memory_order_seq_cst);
            return other_->waits.load(std::memory_order_relaxed) != 0;
        }
        own_->counter.store(counter, std::memory_order_seq_cst);
        return other_->waits.load(std::memory_order_seq_cst) != 0;
    }
    /// Says whether from now on we have the others pass a barrier between announce() and look(). To take it back takes
    /// a last one.
    void promise_to_order(bool yes) const noexcept { own_->orders.store(yes ? 1 : 0, std::memory_order_seq_cst); }
    /// What we said last, perhaps in another process.
    [[nodiscard]] bool must_order() const noexcept { return own_->orders.load(std::memory_order_seq_cst) != 0; }
    /// What publish() has found, for the next one to find again: it could not be woken.
    void still_waits() const noexcept { other_->waits.store(1, std::memory_order_seq_cst); }
    /// Says that we are going to wait. Afterwards look(), and sleep only if there is nothing.
    void announce() const noexcept { own_->waits.store(1, std::memory_order_seq_cst); }
    /// How far the other side says it is.
    [[nodiscard]] std::uint64_t look() const noexcept { return other_->counter.load(std::memory_order_seq_cst); }
    /// The same, where nothing hangs on it.
    [[nodiscard]] std::uint64_t glance() const noexcept { return other_->counter.load(std::memory_order_acquire); }
    /// Where bytes begin: told by the writer before the counter of the first of them, learnt after look().
    void tell_start(std::uint64_t start) const noexcept { own_->start.store(start, std::memory_order_release); }
    [[nodiscard]] std::uint64_t look_at_start() const noexcept { return other_->start.load(std::memory_order_acquire); }
    /// What we said last, perhaps in another process.
    [[nodiscard]] std::uint64_t own_start() const noexcept { return own_->start.load(std::memory_order_acquire); }
    [[nodiscard]] std::uint64_t own_counter() const noexcept { return own_->counter.load(std::memory_order_acquire); }

    [[nodiscard]] Atomic<std::uint64_t>& own_turn() const noexcept { return own_->turn; }

    /// Says on which processor we are. Whether the other side has said the same: a hint, nothing hangs on it.
    [[nodiscard]] bool shares(std::uint32_t processor) const noexcept {
        const std::uint32_t number = processor + 1;
        if (own_->processor.load(std::memory_order_relaxed) != number) { // the line is one that the other side reads
            own_->processor.store(number, std::memory_order_relaxed);
        }
        return number != 0 && other_->processor.load(std::memory_order_relaxed) == number;
    }

    /// One of us has gone. Whoever moves next asks the system who is there, as he is told to wake us.
    void leave() const noexcept {
        own_->left.fetch_add(1, std::memory_order_release);
        announce();
    }
    [[nodiscard]] std::uint32_t left() const noexcept { return other_->left.load(std::memory_order_acquire); }

private:
    side* own_;
    side* other_;
};

/// At the start of the memory. It begins with zeros: what says that it is one is written last.
struct ring_header {
    static constexpr std::uint64_t mark = 0x676e'6972'7770'0005; // "wpring" and the version of the layout
    alignas(apart) std::atomic<std::uint64_t> kind;
    std::atomic<std::uint32_t> takes_turns; // there may be several processes at each side
    basic_ring_side<std::atomic> writer;
    basic_ring_side<std::atomic> reader;
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free,
              "processes share them");
static_assert(std::is_standard_layout_v<ring_header> && sizeof(ring_header) == 9 * apart);

using ring_words = basic_ring_words<std::atomic>;

} // namespace windpipe
