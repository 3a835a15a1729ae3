// The counters of a ring, and the protocol by which its two sides wait for each other, tried in every order.
#include "core/ring_indices.hpp"
#include "core/ring_words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using windpipe::ring_indices;
using side = ring_indices::side;

constexpr std::size_t capacity = 8;

TEST(ring_indices, begin_with_what_there_is) {
    const auto reads = ring_indices::begin(side::reads, capacity, 10, 15);
    ASSERT_TRUE(reads);
    EXPECT_EQ(reads->amount(), 5U);
    EXPECT_EQ(reads->place(), 2U);
    const auto writes = ring_indices::begin(side::writes, capacity, 15, 10);
    ASSERT_TRUE(writes);
    EXPECT_EQ(writes->amount(), 3U);
    EXPECT_EQ(writes->place(), 7U);
}

TEST(ring_indices, refuse_to_begin_with_what_cannot_be) {
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 10, 9));
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 10, 19));
    EXPECT_TRUE(ring_indices::begin(side::reads, capacity, 10, 18));
    EXPECT_FALSE(ring_indices::begin(side::writes, capacity, 9, 10));
    EXPECT_FALSE(ring_indices::begin(side::writes, capacity, 19, 10));
    EXPECT_TRUE(ring_indices::begin(side::writes, capacity, 18, 10));
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 0, std::numeric_limits<std::uint64_t>::max()));
}

TEST(ring_indices, believe_only_a_counter_that_goes_on_and_not_too_far) {
    for (const side whose : {side::reads, side::writes}) {
        for (std::uint64_t amount = 0; amount <= capacity; ++amount) {
            const std::uint64_t own = 100;
            const std::uint64_t other = whose == side::reads ? own + amount : own - (capacity - amount);
            for (std::uint64_t told = other - 20; told != other + 20; ++told) {
                auto indices = ring_indices::begin(whose, capacity, own, other);
                ASSERT_TRUE(indices);
                const bool possible = told - other <= capacity - amount;
                EXPECT_EQ(indices->see(told), possible);
                EXPECT_EQ(indices->amount(), possible ? amount + (told - other) : amount);
                EXPECT_EQ(indices->other(), possible ? told : other);
            }
        }
    }
}

TEST(ring_indices, stay_within_the_ring_whatever_they_are_told) {
    std::uint64_t random = 1;
    const auto next = [&random] { return random = random * 6364136223846793005U + 1442695040888963407U; };
    auto indices = ring_indices::begin(side::reads, capacity, 0, 0);
    ASSERT_TRUE(indices);
    for (int turn = 0; turn < 100'000; ++turn) {
        (void)indices->see(turn % 2 == 0 ? next() : indices->other() + (next() >> 60U));
        ASSERT_LE(indices->amount(), capacity);
        ASSERT_LT(indices->place(), capacity);
        indices->advance(indices->amount() == 0 ? 0 : next() % (indices->amount() + 1));
    }
}

TEST(ring_words, a_side_that_moves_wakes_once_who_has_said_that_he_waits) {
    windpipe::basic_ring_side<std::atomic> first;
    windpipe::basic_ring_side<std::atomic> second;
    const windpipe::ring_words mine(first, second);
    const windpipe::ring_words other(second, first);
    EXPECT_TRUE(mine.publish(3)) << "at first, everybody is taken to wait";
    EXPECT_FALSE(mine.publish(4));
    other.announce();
    EXPECT_EQ(other.look(), 4U);
    mine.tell(5);
    EXPECT_EQ(other.glance(), 5U);
    EXPECT_TRUE(mine.publish(6));
    EXPECT_FALSE(mine.publish(7));
}

// ---- every order

/// What is done otherwise than in ring_words.hpp and ring_view.cpp, to see that the model finds it out.
enum class mistake {
    none,
    counter_unordered,      ///< the counter may be seen before the bytes it speaks of
    counter_not_in_order,   ///< tell() in the place of publish(): the look at `waits` may come before it is seen
    announced_not_in_order, ///< the same with the word that says that we wait
    no_second_look,         ///< it sleeps without looking after announce()
    drains_afterwards,      ///< what was rung is taken after announce()
};

/// Both sides of a ring of two, of which one moves `items` in and the other out. Each step is one access to what both
/// see. A store that is not sequentially consistent comes to memory at some later time, and later ones may pass it.
class model {
public:
    explicit model(mistake wrong) : wrong_(wrong) {}

    /// Tries everything. What went wrong, or empty.
    std::string explore() {
        std::vector<state> todo{state{}};
        std::set<state> seen{state{}};
        while (!todo.empty()) {
            const state now = todo.back();
            todo.pop_back();
            bool moves = false;
            for (int who : {writer, reader}) {
                for (const bool flush : {false, true}) {
                    state next = now;
                    if (flush ? !flush_one(next, who) : !step(next, who)) {
                        continue;
                    }
                    if (next.garbage) {
                        return "bytes were read that had not been written";
                    }
                    moves = true;
                    if (seen.insert(next).second) {
                        todo.push_back(next);
                    }
                }
            }
            if (!moves && (now.sides[writer].own != items || now.sides[reader].own != items)) {
                return "both sleep";
            }
        }
        states_ = seen.size();
        return "";
    }
    [[nodiscard]] std::size_t states() const { return states_; }

private:
    static constexpr int writer = 0;
    static constexpr int reader = 1;
    static constexpr int items = 5;
    static constexpr int room = 2;
    static constexpr int nothing = -1;
    enum at { begin, look, drain, announce, look_again, asleep, move, publish, see_waits, take_waits };

    struct one_side {
        int step = begin;
        int own = 0;
        int other = 0;
        int late_counter = nothing; ///< stored, not in memory yet
        int late_waits = nothing;
        int late_item = nothing; ///< of the writer, for the place late_item % room
        auto operator<=>(const one_side&) const = default;
    };
    struct state {
        std::array<one_side, 2> sides;
        std::array<int, 2> counters{};
        std::array<int, 2> waits{1, 1};
        std::array<int, 2> rung{};
        std::array<int, room> bytes{nothing, nothing};
        bool garbage = false;
        auto operator<=>(const state&) const = default;
    };

    static bool flush_item(state& all, one_side& mine) {
        if (mine.late_item == nothing) {
            return false;
        }
        all.bytes[static_cast<std::size_t>(mine.late_item % room)] = mine.late_item;
        mine.late_item = nothing;
        return true;
    }
    /// Which store comes to memory next is up to the processor: here, bytes come last where nothing orders them.
    static bool flush_one(state& all, int who) {
        one_side& mine = all.sides[static_cast<std::size_t>(who)];
        if (mine.late_counter != nothing) {
            all.counters[static_cast<std::size_t>(who)] = std::exchange(mine.late_counter, nothing);
            return true;
        }
        if (mine.late_waits != nothing) {
            all.waits[static_cast<std::size_t>(who)] = std::exchange(mine.late_waits, nothing);
            return true;
        }
        return flush_item(all, mine);
    }
    static void flush_all(state& all, int who) {
        while (flush_one(all, who)) {
        }
    }
    static int amount(const one_side& mine, int who) {
        return who == writer ? room - (mine.own - mine.other) : mine.other - mine.own;
    }

    void store_counter(state& all, int who) const {
        one_side& mine = all.sides[static_cast<std::size_t>(who)];
        if (wrong_ != mistake::counter_unordered) {
            flush_item(all, mine);
        }
        if (wrong_ == mistake::none || wrong_ > mistake::counter_not_in_order) {
            flush_all(all, who);
            all.counters[static_cast<std::size_t>(who)] = mine.own;
        } else {
            mine.late_counter = mine.own;
        }
    }
    void store_waits(state& all, int who) const {
        if (wrong_ == mistake::announced_not_in_order) {
            all.sides[static_cast<std::size_t>(who)].late_waits = 1;
        } else {
            flush_all(all, who);
            all.waits[static_cast<std::size_t>(who)] = 1;
        }
    }

    void move_item(state& all, int who) const {
        one_side& mine = all.sides[static_cast<std::size_t>(who)];
        if (who == writer) {
            flush_item(all, mine);
            mine.late_item = mine.own;
        } else if (all.bytes[static_cast<std::size_t>(mine.own % room)] != mine.own) {
            all.garbage = true;
        }
        ++mine.own;
    }

    /// One step of one side; false where it can make none.
    bool step(state& all, int who) const {
        const auto i = static_cast<std::size_t>(who);
        const std::size_t o = 1 - i;
        one_side& mine = all.sides[i];
        const bool early = wrong_ == mistake::drains_afterwards;
        switch (mine.step) {
        case begin:
            if (mine.own == items) {
                return false;
            }
            mine.step = amount(mine, who) > 0 ? move : look;
            return true;
        case look:
            mine.other = all.counters[o];
            mine.step = amount(mine, who) > 0 ? move : (early ? announce : drain);
            return true;
        case drain:
            all.rung[i] = 0;
            mine.step = early ? asleep : announce;
            return true;
        case announce:
            store_waits(all, who);
            mine.step = wrong_ == mistake::no_second_look ? asleep : look_again;
            return true;
        case look_again:
            mine.other = all.counters[o];
            mine.step = amount(mine, who) > 0 ? move : (early ? drain : asleep);
            return true;
        case asleep:
            if (all.rung[i] == 0) {
                return false;
            }
            mine.step = look;
            return true;
        case move:
            move_item(all, who);
            mine.step = publish;
            return true;
        case publish:
            store_counter(all, who);
            mine.step = see_waits;
            return true;
        case see_waits:
            mine.step = all.waits[o] != 0 ? take_waits : begin;
            return true;
        default:
            all.rung[o] += std::exchange(all.waits[o], 0);
            mine.step = begin;
            return true;
        }
    }

    mistake wrong_;
    std::size_t states_ = 0;
};

TEST(ring_protocol, in_every_order_nobody_sleeps_for_what_is_there_and_no_byte_is_seen_too_early) {
    model right(mistake::none);
    EXPECT_EQ(right.explore(), "");
    EXPECT_GT(right.states(), 1000U) << "it must have tried something";
}

TEST(ring_protocol, each_of_its_orders_is_needed) {
    EXPECT_NE(model(mistake::counter_unordered).explore(), "");
    EXPECT_EQ(model(mistake::counter_not_in_order).explore(), "both sleep");
    EXPECT_EQ(model(mistake::announced_not_in_order).explore(), "both sleep");
    EXPECT_EQ(model(mistake::no_second_look).explore(), "both sleep");
    EXPECT_EQ(model(mistake::drains_afterwards).explore(), "both sleep");
}

} // namespace
