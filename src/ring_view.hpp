// ring_view.hpp - one side of a ring as this process sees it: its mapping, its private counters, and its lock.
#pragma once

#include "core/crumbs.hpp"
#include "core/ring_indices.hpp"
#include "core/ring_words.hpp"
#include "core/yielding.hpp"
#include "interruption.hpp"
#include "platform/platform.hpp"
#include "ring_lock.hpp"

#include <windpipe/error.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace windpipe::detail {

/// The memory of a ring in this process. Both sides share one where both are here.
class ring_mapping {
public:
    static result<std::shared_ptr<ring_mapping>> of(native_handle memory);
    explicit ring_mapping(platform::ring_memory memory) noexcept : memory_(memory) {}
    ~ring_mapping() { platform::unmap_ring(memory_); }
    ring_mapping(const ring_mapping&) = delete;
    ring_mapping& operator=(const ring_mapping&) = delete;

    /// For a new one, before anybody else has it.
    void begin(bool takes_turns) const noexcept;
    /// Whether it says that it is a ring.
    [[nodiscard]] bool is_marked() const noexcept;
    /// Whether it says that each side may have several processes.
    [[nodiscard]] bool takes_turns() const noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept { return memory_.capacity; }
    [[nodiscard]] std::byte* data() const noexcept { return memory_.data; }
    [[nodiscard]] ring_words words(ring_indices::side whose) const noexcept;
    /// Not 0, but in a child that fork has made.
    [[nodiscard]] const std::atomic<std::uint32_t>& here() const noexcept { return *memory_.here; }

private:
    [[nodiscard]] ring_header& header() const noexcept;
    platform::ring_memory memory_;
};

/// Shared by an end and its duplicates. All but the constructor, is_ours() and takes_turns() is for those who hold the
/// lock.
class ring_view {
public:
    /// The two pipes of an end, and where its side waits for its turn, as they are during a call.
    struct bells {
        native_handle woken_by;
        native_handle wakes;
        native_handle turns;
    };
    /// What a wait has come to.
    enum class outcome { enough, alone };

    /// `turns`: null where this process has the side to itself. protocol_error: the memory says what cannot be.
    static result<std::shared_ptr<ring_view>> of(std::shared_ptr<ring_mapping> memory, ring_indices::side whose,
                                                 platform::turn_taker_ptr turns);
    ring_view(std::shared_ptr<ring_mapping> memory, ring_words words, ring_indices indices, ring_indices::side whose,
              platform::turn_taker_ptr turns) noexcept
        : memory_(std::move(memory)), here_(&memory_->here()), data_(memory_->data()), words_(words), indices_(indices),
          whose_(whose), left_seen_(words.left()), takes_turns_(turns != nullptr), turns_(std::move(turns)) {}

    [[nodiscard]] ring_lock& lock() noexcept { return lock_; }
    /// As long as this is there, this side is ours, where there may be other processes at it.
    class held {
    public:
        held() noexcept = default;
        held(ring_view& side, native_handle turns) noexcept : side_(&side), turns_(turns) {}
        held(held&& other) noexcept : side_(std::exchange(other.side_, nullptr)), turns_(other.turns_) {}
        held& operator=(held&&) = delete;
        ~held() {
            if (side_ != nullptr) {
                platform::give_turn_back(*side_->turns_, turns_);
            }
        }

    private:
        ring_view* side_ = nullptr;
        native_handle turns_ = no_handle;
    };
    /// Before a call that moves bytes or waits; `lock` is given back meanwhile. protocol_error, operation_not_supported
    result<held> begin(bells by, interruption& interrupted, std::unique_lock<ring_lock>& lock,
                       std::string_view operation);
    /// After a call that began by begin_at_once().
    void end_at_once(native_handle turns) noexcept {
        if (takes_turns_) {
            platform::give_turn_back(*turns_, turns);
        }
    }
    /// begin() for calls that need not wait. False: it has more to do.
    [[nodiscard]] bool begin_at_once() noexcept { return begun_ && (!takes_turns_ || takes_free_turn()); }
    /// begin_at_once() for one who owns the lock: false wherever anything at all is out of the ordinary.
    [[nodiscard]] bool is_plain() const noexcept { return plain_->load(std::memory_order_relaxed) != 0; }
    /// Whether the other side was on our processor, when last seen.
    [[nodiscard]] bool shares_processor() const noexcept { return shares_processor_; }
    /// Whether there may be other processes at this side.
    [[nodiscard]] bool takes_turns() const noexcept { return takes_turns_; }
    [[nodiscard]] bool is_ours() const noexcept { return here_->load(std::memory_order_relaxed) != 0; }
    [[nodiscard]] bool writes() const noexcept { return whose_ == ring_indices::side::writes; }
    [[nodiscard]] std::size_t capacity() const noexcept { return memory_->capacity(); }
    [[nodiscard]] const std::shared_ptr<ring_mapping>& memory() const noexcept { return memory_; }

    /// Bytes or room, in a row, as far as is known; and after a look at the other side's counter.
    [[nodiscard]] std::span<std::byte> known() const noexcept { return {data_ + indices_.place(), indices_.amount()}; }
    /// False: it says what cannot be.
    [[nodiscard]] bool looks_right() noexcept {
        if (!indices_.see(words_.look())) {
            return false;
        }
        if (!writes()) {
            indices_.start_at(words_.look_at_start());
        }
        return true;
    }
    /// The same; protocol_error.
    result<void> look(std::string_view operation);
    /// Looks again for less than it takes to prepare a wait. Whether there is something now.
    [[nodiscard]] bool comes_at_once() noexcept;
    /// For a reader that finds little and wants much: looks again after a moment, where that has helped before; for
    /// long only in a stream, and if it may take its time. False: as looks_right().
    [[nodiscard]] bool gathers_right(std::size_t wish, const deadline& until) noexcept {
        return !crumbs::are(indices_.amount(), wish, capacity()) || gathers_little_right(wish, until);
    }
    /// The same; protocol_error.
    result<void> gather(std::size_t wish, const deadline& until, std::string_view operation);

    /// Waits until there are `need`; `lock` is given back meanwhile. Fails with interruption::why(), protocol_error.
    result<outcome> wait(std::size_t need, bells by, interruption& interrupted, std::unique_lock<ring_lock>& lock,
                         std::string_view operation);

    /// Goes on by so many, of which settle() tells the other side. PRE: count <= known().size()
    void move_on(std::size_t count) noexcept { indices_.advance(count); }
    /// Goes on by so many, for the other side to see when it looks. PRE: count <= known().size()
    void advance(std::size_t count) noexcept {
        indices_.advance(count);
        words_.tell(indices_.own());
    }
    /// Afterwards, before the lock is given back: wakes whoever sleeps on the other side, and those of this side for
    /// whom there is something left. broken_pipe: of a write end, when nobody reads. After another error the bytes have
    /// moved all the same, and the next call tries to wake it again.
    result<void> settle(bells by, std::string_view operation) {
        return must_ring() ? ring(by.wakes, operation) : result<void>{};
    }
    /// Those who sleep on this side.
    void wake_others() const noexcept;
    /// For who commits more than he has reserved.
    void goes_unseen(std::size_t bytes) noexcept { may_go_unseen_ -= std::min(may_go_unseen_, bytes / 1024); }
    /// The two steps of settle(): whether somebody sleeps on the other side, and waking them.
    [[nodiscard]] bool must_ring() noexcept {
        if (waiting_ != nullptr && indices_.amount() > 0) {
            wake_others();
        }
        return words_.publish(indices_.own(), obeys_);
    }
    /// Where is_plain(): tells the other side, and whether there may be somebody to be woken, which must_ring() does.
    [[nodiscard]] bool must_wake_plainly() const noexcept {
        return words_.must_wake(indices_.own(), obeys_) || waiting_ != nullptr;
    }
    result<void> ring(native_handle wakes, std::string_view operation);

    /// For a writer that begins a call: where each finds nothing in the ring, it is better off with the memory it has
    /// used than with all of it in turn: with little, which stays in the caches, if both sides share a processor; if
    /// they do not, with ever more, up to what does not stay in those of the other one.
    void start_again_if_idle() noexcept;

    /// For a writer, before it writes: whether there could be a reader. Asks the system seldom: see ring_writer::write.
    result<bool> is_read(std::size_t bytes, bells by);

    /// Whether no end of the other side was closed since the last look at who is there.
    [[nodiscard]] bool nobody_left() const noexcept { return words_.left() == left_seen_; }
    /// As is_read() for a call that makes no system call: false where that has to look. That the reader has left shows
    /// when he is told of the bytes.
    [[nodiscard]] bool is_surely_read(std::size_t bytes) noexcept {
        const std::size_t counted = weight(bytes);
        if (counted > may_go_unseen_) {
            return false;
        }
        may_go_unseen_ -= counted;
        return true;
    }
    /// The same after a look at whether the reader goes on reading, which says as much as the system. False as well
    /// where start_again_if_idle() is due.
    [[nodiscard]] bool is_read_on(std::size_t bytes) noexcept;

    /// What reserve() or peek() has shown, and consume() and commit() may take.
    std::size_t shown = 0;

    /// Ends that use it. The last one to go takes the memory with it; `closed`: the other side should see who is there.
    void add_end() noexcept { ++ends_; }
    void remove_end(bool closed) noexcept;
    [[nodiscard]] bool is_shared() const noexcept { return ends_ > 1; }

private:
    /// So many writes, of a kibibyte each, may be made since somebody was seen to be there.
    static constexpr std::size_t most_unseen = 64;
    static constexpr unsigned most_calm = 3;
    static std::size_t weight(std::size_t bytes) noexcept { return (bytes + 1023) / 1024; }
    /// Where a side that is not plain looks.
    static constexpr std::atomic<std::uint32_t> never_plain = 0;

    /// That a call may take a few milliseconds longer: where another thread gets the processor for so long.
    static bool is_far(const deadline& until) noexcept { return until.left() >= std::chrono::milliseconds(10); }

    struct waiter {
        platform::waker* who;
        waiter* next;
    };
    bool gathers_little_right(std::size_t wish, const deadline& until) noexcept;
    bool looks_right_after(int pauses) noexcept;
    bool goes_on() noexcept;
    void grant(std::size_t bytes) noexcept;
    /// Takes what others have rung. False: there are none any more. `to_the_last`: where the end may be near, or no
    /// sleep follows that would say so.
    result<bool> drain(native_handle woken_by, bool to_the_last, std::string_view operation);
    result<void> announce(std::string_view operation);
    result<void> begin_first(std::string_view operation);
    result<void> begin_turn(std::string_view operation);
    void do_for_dead(native_handle wakes, std::string_view operation);
    bool takes_free_turn() noexcept;
    result<void> sleep(bells by, interruption& interrupted, std::unique_lock<ring_lock>& lock);
    result<bool> sleep_unlocked(bells by, interruption& interrupted) const;
    bool spin(interruption& interrupted, std::unique_lock<ring_lock>& lock) const;
    bool yields(interruption& interrupted, std::unique_lock<ring_lock>& lock);
    bool comes_soon(interruption& interrupted, std::unique_lock<ring_lock>& lock);

    std::shared_ptr<ring_mapping> memory_;
    const std::atomic<std::uint32_t>* here_;                 // in this memory, as is data_
    const std::atomic<std::uint32_t>* plain_ = &never_plain; // or here_
    std::byte* data_;
    ring_words words_;
    ring_indices indices_;
    std::size_t may_go_unseen_ = most_unseen; // of a writer
    ring_lock lock_;
    ring_indices::side whose_;
    int ends_ = 0;
    bool begun_ = false;
    bool obeys_ = false;    // this process passes the barriers of others, and can have them pass its own
    bool promised_ = false; // that they will
    std::uint32_t left_seen_;
    std::uint64_t progress_seen_ = 0; // of the other side, when it was last known to be there
    unsigned calm_ = 0;               // how often it was seen by asking the system: each doubles what may go unseen
    unsigned progresses_ = 0;         // looks in a row that have seen it go on
    waiter* waiting_ = nullptr;
    crumbs crumbs_;
    yielding yielding_;
    bool taken_ = false;             // what was rung, since announce()
    std::uint64_t announced_at_ = 0; // our counter then
    bool shares_processor_ = false;  // with the other side, when last seen
    std::uint64_t look_idle_at_ = 0; // the counter of a writer from which on it looks
    int idle_looks_ = 0;
    const bool takes_turns_;
    platform::turn_taker_ptr turns_; // null: no other process is at this side, or it is closed
};

} // namespace windpipe::detail
