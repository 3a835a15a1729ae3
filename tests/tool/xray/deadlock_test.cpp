// Circles of processes that wait for each other: told where they are certain, and nowhere else.
#include "made.hpp"
#include "xray/deadlock.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test::made;
using namespace std::chrono_literals;

namespace {

/// The parent has written to the child and does not read; the child has answered and does not read either.
class tool_xray_deadlock : public testing::Test {
protected:
    tool_xray_deadlock() {
        all_ = {process(5, 1, "parent", {writes(7, pipe(1)), reads(8, pipe(2))}),
                process(6, 5, "child", {reads(0, pipe(1)), writes(1, pipe(2))})};
        put(before_, 5, {thread(5, activity::writes, 7, pipe(1))});
        put(before_, 6, {thread(6, activity::writes, 1, pipe(2))});
        before_.channels = {{pipe(1), full}, {pipe(2), full}};
    }

    std::optional<circle> find() {
        sample now = before_;
        now.at += 200ms;
        return deadlock_in(pipeline_of(all_, 6), before_, now);
    }

    std::vector<process_facts> all_;
    sample before_{.at = 1s, .processes = {}, .channels = {}};
};

TEST_F(tool_xray_deadlock, two_that_write_to_each_other_are_one) {
    const auto found = find();
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2U);
    const auto lines = text_of(*found, pipeline_of(all_, 6), before_);
    EXPECT_EQ(lines[0], "parent (pid 5) waits to write to its descriptor 7 (pipe 1: 65536 of 65536 bytes, full), which "
                        "only child (pid 6) can empty by its standard input");
    EXPECT_EQ(lines[1],
              "child (pid 6) waits to write to its standard output (pipe 2: 65536 of 65536 bytes, full), which "
              "only parent (pid 5) can empty by its descriptor 8");
}

TEST_F(tool_xray_deadlock, a_parent_that_waits_for_the_child_whose_output_it_does_not_read_is_one) {
    put(before_, 5, {thread(5, activity::child)});
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_NE(text_of(*found, pipeline_of(all_, 6), before_)[0].find("waits for its child to end"), std::string::npos);
}

TEST_F(tool_xray_deadlock, a_full_standard_error_and_an_empty_output_are_one) {
    all_[0].ends.push_back(reads(9, pipe(3)));
    all_[1].ends.push_back(writes(2, pipe(3)));
    put(before_, 5, {thread(5, activity::reads, 8, pipe(2))});
    put(before_, 6, {thread(6, activity::writes, 2, pipe(3))});
    before_.channels[pipe(2)] = empty;
    before_.channels[pipe(3)] = {.unread = 6000, .capacity = 8192, .full = true, .abandoned = false};
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_NE(
        text_of(*found, pipeline_of(all_, 6), before_)[1].find("its standard error (pipe 3: 6000 of 8192 bytes, full)"),
        std::string::npos);
}

TEST_F(tool_xray_deadlock, who_holds_the_write_end_of_its_own_input_waits_for_itself) {
    all_ = {process(6, 1, "child", {reads(0, pipe(1)), writes(9, pipe(1))})};
    before_.processes.clear();
    put(before_, 6, {thread(6, activity::reads, 0, pipe(1))});
    before_.channels = {{pipe(1), empty}};
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_NE(
        text_of(*found, pipeline_of(all_, 6), before_)[0].find("which only it can fill by its descriptor 9 of its own"),
        std::string::npos);
}

TEST_F(tool_xray_deadlock, none_if_one_may_go_on) {
    for (const activity each : {activity::running, activity::polls, activity::timer, activity::other, activity::stopped,
                                activity::disk, activity::asleep, activity::unknown}) {
        put(before_, 5, {thread(5, each, 7, pipe(1))});
        EXPECT_FALSE(find()) << static_cast<int>(each);
    }
    put(before_, 5, {thread(5, activity::writes, 7, pipe(1)), thread(55, activity::running)});
    EXPECT_FALSE(find()) << "another thread runs";
    put(before_, 5, {thread(5, activity::writes, 7, pipe(1)), thread(55, activity::threads)});
    EXPECT_TRUE(find()) << "another thread waits for the first";
    before_.channels[pipe(2)] = some;
    EXPECT_FALSE(find()) << "there is room";
}

TEST_F(tool_xray_deadlock, none_if_somebody_else_could_help) {
    all_.push_back(process(7, 1, "helper", {reads(4, pipe(1))}));
    put(before_, 7, {thread(7, activity::timer)});
    EXPECT_FALSE(find());
    put(before_, 7, {thread(7, activity::reads, 5, pipe(9))});
    EXPECT_FALSE(find()) << "it waits for something else";
    before_.processes.erase(7);
    EXPECT_FALSE(find()) << "it was not looked at";
}

TEST_F(tool_xray_deadlock, none_if_somebody_cannot_be_seen_or_has_run_in_between) {
    all_.push_back(process(70, 1, "sudo"));
    all_.back().ends_known = false;
    EXPECT_FALSE(find());
    all_.pop_back();
    sample now = before_;
    now.at += 200ms;
    now.processes[6].threads[0].on_cpu = 1;
    EXPECT_FALSE(deadlock_in(pipeline_of(all_, 6), before_, now));
    EXPECT_FALSE(deadlock_in(pipeline_of(all_, 6), before_, before_)) << "one look is none";
}

TEST_F(tool_xray_deadlock, a_pipeline_that_waits_for_its_source_is_none) {
    const auto all = three();
    sample seen{.at = 1s, .processes = {}, .channels = {{pipe(1), empty}, {pipe(2), empty}}};
    put(seen, 11, {thread(11, activity::timer)});
    put(seen, 12, {thread(12, activity::reads, 0, pipe(1))});
    put(seen, 13, {thread(13, activity::reads, 0, pipe(2))});
    sample now = seen;
    now.at += 200ms;
    EXPECT_FALSE(deadlock_in(pipeline_of(all, 11), seen, now));
}

} // namespace
