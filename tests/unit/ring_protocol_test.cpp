// The protocol by which the two sides of a ring wait for each other (core/ring_words.hpp), tried in every order.
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

/// What is done otherwise than in ring_words.hpp and ring_view.cpp, to see that the model finds it out.
enum class mistake {
    none,
    counter_unordered,      ///< the counter may be seen before the bytes it speaks of
    counter_not_in_order,   ///< tell() in the place of publish(): the look at `waits` may come before it is seen
    announced_not_in_order, ///< the same with the word that says that we wait
    no_second_look,         ///< it sleeps without looking after announce()
    drains_afterwards,      ///< what was rung is taken after announce()
    no_barrier,             ///< it promises to order, and does not
    start_seen_first,       ///< where bytes begin is looked at before the counter
    taken_unordered,        ///< it rings before the counter is seen
    taken_back_at_once,     ///< it takes the promise back and does not order then
};

/// Both sides of a ring of two, of which one moves `items` in and the other out. Each step is one access to what both
/// see. A store that is not sequentially consistent comes to memory at some later time, and later ones may pass it, or
/// when the other side has everybody pass a barrier.
class model {
public:
    /// `obeying`: of the writer and of the reader, whether its process can order others and is ordered by them.
    /// `takes`: to sleep is to read the bell, so that it need not be read after that.
    model(mistake wrong, std::array<bool, 2> obeying, bool takes = false)
        : wrong_(wrong), obeying_(obeying), takes_(takes) {}

    /// Tries everything. What went wrong, or empty.
    std::string explore() {
        std::vector<state> todo{state{}};
        std::unordered_set<std::string> seen{key(state{})};
        while (!todo.empty()) {
            const state now = todo.back();
            todo.pop_back();
            bool moves = false;
            for (int who : {writer, reader}) {
                for (const auto way : {choice::step, choice::step_and_take_back, choice::flush}) {
                    state next = now;
                    if (way == choice::flush ? !flush_one(next, who)
                                             : !step(next, who, way == choice::step_and_take_back)) {
                        continue;
                    }
                    if (next.garbage) {
                        return "bytes were read that had not been written";
                    }
                    moves = true;
                    if (seen.insert(key(next)).second) {
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
    static constexpr int items = 4;
    static constexpr int room = 2;
    static constexpr int nothing = -1;
    enum class choice { step, step_and_take_back, flush };
    enum at {
        promise,
        begin,
        look,
        drain,
        announce,
        order,
        look_again,
        asleep,
        second_of_look,
        move,
        see_orders,
        publish,
        see_waits,
        take_waits
    };

    struct one_side {
        int step = promise;
        bool taken = false;
        bool fenced = true;
        bool owes = false;
        int start = 0;
        int late_start = nothing; ///< of the writer
        int in_vain = begin;      ///< what follows a look at nothing
        int own = 0;
        int other = 0;
        int late_counter = nothing; ///< stored, not in memory yet
        int late_waits = nothing;
        int late_item = nothing; ///< of the writer, for the place late_item % room
    };
    struct state {
        std::array<one_side, 2> sides;
        std::array<int, 2> counters{};
        std::array<int, 2> waits{1, 1};
        std::array<bool, 2> orders{};
        int start = 0; ///< the item in the first place
        std::array<int, 2> rung{};
        std::array<int, room> bytes{nothing, nothing};
        bool garbage = false;
    };

    /// What tells states apart, in few bytes: there are many of them.
    static std::string key(const state& all) {
        std::string text;
        const auto add = [&text](std::initializer_list<int> values) {
            for (const int value : values) {
                text += static_cast<char>(value);
            }
        };
        for (std::size_t i = 0; i < 2; ++i) {
            const one_side& side = all.sides[i];
            add({side.step, side.taken, side.fenced, side.owes, side.start, side.late_start, side.in_vain, side.own,
                 side.other, side.late_counter, side.late_waits, side.late_item});
            add({all.counters[i], all.waits[i], all.orders[i], all.rung[i], all.bytes[i]});
        }
        add({all.start, all.garbage});
        return text;
    }

    static std::size_t place_of(int item, const one_side& mine) {
        return static_cast<std::size_t>((item - mine.start + items * room) % room);
    }
    static bool flush_item(state& all, one_side& mine) {
        if (mine.late_item == nothing) {
            return false;
        }
        if (mine.late_start != nothing) {
            all.start = std::exchange(mine.late_start, nothing);
        }
        all.bytes[place_of(mine.late_item, mine)] = mine.late_item;
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
        if (mine.fenced && wrong_ != mistake::counter_unordered && wrong_ != mistake::counter_not_in_order) {
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

    /// The reader also learns where bytes begin, by a second step.
    void look_at(state& all, int who, int in_vain) const {
        const auto i = static_cast<std::size_t>(who);
        one_side& mine = all.sides[i];
        if (who == reader && wrong_ == mistake::start_seen_first) {
            mine.start = all.start;
        } else {
            mine.other = all.counters[1 - i];
        }
        mine.in_vain = in_vain;
        mine.step = who == reader ? second_of_look : (amount(mine, who) > 0 ? move : in_vain);
    }

    void pass_barrier(state& all) const {
        if (wrong_ != mistake::no_barrier) {
            flush_all(all, writer);
            flush_all(all, reader);
        }
    }

    void move_item(state& all, int who) const {
        one_side& mine = all.sides[static_cast<std::size_t>(who)];
        if (who == writer) {
            flush_item(all, mine);
            if (amount(mine, who) == room) { // nothing is in it: begins anew
                mine.start = mine.late_start = mine.own;
            }
            mine.late_item = mine.own;
        } else if (all.bytes[place_of(mine.own, mine)] != mine.own) {
            all.garbage = true;
        }
        ++mine.own;
    }

    /// One step of one side; false where it can make none. `take_back`: when it announces, its promise to order.
    bool step(state& all, int who, bool take_back) const {
        const auto i = static_cast<std::size_t>(who);
        one_side& mine = all.sides[i];
        const bool early = wrong_ == mistake::drains_afterwards;
        if (take_back && (mine.step != announce || !obeying_[i])) {
            return false;
        }
        switch (mine.step) {
        case promise:
            all.orders[i] = obeying_[i];
            mine.step = begin;
            return true;
        case begin:
            if (mine.own == items) {
                return false;
            }
            mine.step = amount(mine, who) > 0 ? move : look;
            return true;
        case look:
            look_at(all, who, early ? announce : drain);
            return true;
        case drain:
            if (!std::exchange(mine.taken, false)) {
                all.rung[i] = 0;
            }
            mine.step = early ? asleep : announce;
            return true;
        case announce:
            mine.owes = all.orders[i];
            all.orders[i] = obeying_[i] && !take_back;
            store_waits(all, who);
            mine.owes = all.orders[i] || (mine.owes && wrong_ != mistake::taken_back_at_once);
            mine.step = wrong_ == mistake::no_second_look ? asleep : (mine.owes ? order : look_again);
            return true;
        case order:
            pass_barrier(all);
            mine.step = look_again;
            return true;
        case look_again:
            look_at(all, who, early ? drain : asleep);
            return true;
        case asleep:
            if (all.rung[i] == 0) {
                return false;
            }
            if (takes_) {
                all.rung[i] = 0;
                mine.taken = true;
            }
            mine.step = look;
            return true;
        default:
            go_on(all, who);
            return true;
        }
    }

    /// A step of a side that need not wait.
    void go_on(state& all, int who) const {
        const auto i = static_cast<std::size_t>(who);
        const std::size_t o = 1 - i;
        one_side& mine = all.sides[i];
        switch (mine.step) {
        case second_of_look:
            if (wrong_ == mistake::start_seen_first) {
                mine.other = all.counters[o];
            } else {
                mine.start = all.start;
            }
            mine.step = amount(mine, who) > 0 ? move : mine.in_vain;
            break;
        case move:
            move_item(all, who);
            mine.step = see_orders;
            break;
        case see_orders:
            mine.fenced = !obeying_[i] || !all.orders[o];
            mine.step = publish;
            break;
        case publish:
            store_counter(all, who);
            mine.step = see_waits;
            break;
        case see_waits:
            mine.step = all.waits[o] != 0 ? take_waits : begin;
            break;
        default:
            if (wrong_ != mistake::taken_unordered) {
                flush_all(all, who);
            }
            all.rung[o] += std::exchange(all.waits[o], 0);
            mine.step = begin;
        }
    }

    mistake wrong_;
    std::array<bool, 2> obeying_;
    bool takes_;
    std::size_t states_ = 0;
};

constexpr std::array<std::array<bool, 2>, 4> all_kinds{{{false, false}, {true, false}, {false, true}, {true, true}}};

TEST(ring_protocol, in_every_order_nobody_sleeps_for_what_is_there_and_no_byte_is_seen_too_early) {
    windpipe_test::allow(std::chrono::seconds(240)); // a million states, under a sanitizer
    for (const auto& obeying : all_kinds) {
        for (const bool takes : {false, true}) {
            model right(mistake::none, obeying, takes);
            EXPECT_EQ(right.explore(), "") << obeying[0] << obeying[1] << takes;
            EXPECT_GT(right.states(), 1000U) << "it must have tried something";
        }
    }
}

TEST(ring_protocol, each_of_its_orders_is_needed) {
    for (const auto& obeying : all_kinds) {
        EXPECT_NE(model(mistake::counter_unordered, obeying).explore(), "");
        EXPECT_NE(model(mistake::start_seen_first, obeying).explore(), "");
        EXPECT_EQ(model(mistake::no_second_look, obeying).explore(), "both sleep");
        EXPECT_EQ(model(mistake::drains_afterwards, obeying).explore(), "both sleep");
    }
    constexpr std::array fenced{false, false};
    EXPECT_EQ(model(mistake::counter_not_in_order, fenced).explore(), "both sleep");
    EXPECT_EQ(model(mistake::announced_not_in_order, fenced).explore(), "both sleep");
    EXPECT_EQ(model(mistake::no_barrier, {true, true}).explore(), "both sleep");
    EXPECT_EQ(model(mistake::taken_unordered, {true, true}).explore(), "both sleep");
    EXPECT_EQ(model(mistake::taken_back_at_once, {true, true}).explore(), "both sleep");
}

} // namespace
