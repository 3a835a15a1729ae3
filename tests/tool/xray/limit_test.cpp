// What stages do, what limits a pipeline, and what is warned of: from looks made by hand.
#include "made.hpp"
#include "xray/limit.hpp"
#include "xray/warnings.hpp"
#include "xray/words.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace windpipe_test::made;
using namespace std::chrono_literals;

namespace {

/// What a stage does all the time, and how much of it on a processor or waiting for one.
struct habit {
    thread_sample thread;
    double on_cpu = 0;
    double queued = 0;
};

habit busy(double on_cpu = 1, double queued = 0) { return {thread(0, activity::running), on_cpu, queued}; }
habit waits_input(std::uint64_t from) { return {thread(0, activity::reads, 0, pipe(from))}; }
habit waits_room(std::uint64_t to) { return {thread(0, activity::writes, 1, pipe(to))}; }
habit sleeps() { return {thread(0, activity::timer)}; }

using fills = std::vector<channel_sample>;

/// Looks at a | b | c, 10 ms after each other.
window looked(const std::vector<habit>& stages, const fills& pipes, int looks = 30,
              const std::vector<process_facts>& all = three()) {
    window seen;
    const graph pipeline = pipeline_of(all, 11);
    for (int i = 0; i < looks; ++i) {
        sample now{.at = 1s + i * 10ms, .processes = {}, .channels = {}};
        for (std::size_t at = 0; at < stages.size(); ++at) {
            thread_sample thread = stages[at].thread;
            thread.tid = static_cast<std::uint32_t>(11 + at);
            thread.on_cpu = static_cast<std::uint64_t>(i * 1e7 * stages[at].on_cpu);
            thread.in_queue = static_cast<std::uint64_t>(i * 1e7 * stages[at].queued);
            put(now, thread.tid, {thread});
        }
        for (std::size_t at = 0; at < pipes.size(); ++at) {
            now.channels[pipe(at + 1)] = pipes[at];
        }
        seen.add(pipeline, now);
    }
    return seen;
}

void expect_limit(const window& seen, limit_reason reason, std::optional<std::size_t> stage) {
    const limit found = limit_of(seen);
    EXPECT_EQ(found.reason, reason) << text_of(found, seen.pipeline(), seen);
    EXPECT_EQ(found.stage, stage) << text_of(found, seen.pipeline(), seen);
}

TEST(tool_xray_limit, the_stage_that_needs_the_processor_limits_wherever_it_stands) {
    expect_limit(looked({busy(), waits_input(1), waits_input(2)}, {empty, empty}), limit_reason::cpu, 0);
    expect_limit(looked({waits_room(1), busy(), waits_input(2)}, {full, empty}), limit_reason::cpu, 1);
    expect_limit(looked({waits_room(1), waits_room(2), busy()}, {full, full}), limit_reason::cpu, 2);
}

TEST(tool_xray_limit, a_stage_that_sleeps_is_a_source_or_a_sink_at_the_ends_and_asleep_between) {
    expect_limit(looked({sleeps(), waits_input(1), waits_input(2)}, {empty, empty}), limit_reason::source, 0);
    expect_limit(looked({waits_room(1), sleeps(), waits_input(2)}, {full, empty}), limit_reason::asleep, 1);
    expect_limit(looked({waits_room(1), waits_room(2), sleeps()}, {full, full}), limit_reason::sink, 2);
}

TEST(tool_xray_limit, a_stage_that_others_keep_from_the_processor_is_starved_of_it) {
    expect_limit(looked({waits_room(1), busy(0.2, 0.8), waits_input(2)}, {full, empty}), limit_reason::queued, 1);
}

TEST(tool_xray_limit, a_stopped_stage_limits) {
    expect_limit(looked({waits_room(1), {thread(0, activity::stopped)}, waits_input(2)}, {full, empty}),
                 limit_reason::stopped, 1);
}

TEST(tool_xray_limit, of_two_busy_stages_the_pipe_between_them_tells) {
    expect_limit(looked({busy(), busy(), waits_input(2)}, {full, empty}), limit_reason::cpu, 1);
    expect_limit(looked({busy(), busy(), waits_input(2)}, {empty, empty}), limit_reason::cpu, 0);
    expect_limit(looked({busy(), busy(), waits_input(2)}, {some, empty}), limit_reason::unknown, std::nullopt);
}

TEST(tool_xray_limit, too_few_looks_and_stages_that_may_not_be_seen_are_unknown) {
    expect_limit(looked({busy(), waits_input(1), waits_input(2)}, {empty, empty}, 5), limit_reason::unknown,
                 std::nullopt);
    const habit hidden{thread(0, activity::asleep)};
    expect_limit(looked({busy(), hidden, waits_input(2)}, {}), limit_reason::unknown, std::nullopt);
}

TEST(tool_xray_limit, nobody_active_and_nobody_outside_is_unknown) {
    expect_limit(looked({waits_room(1), waits_input(1), waits_input(2)}, {some, empty}), limit_reason::unknown,
                 std::nullopt);
}

TEST(tool_xray_limit, who_feeds_the_pipeline_from_outside_is_the_source) {
    auto all = three();
    all[2].ends.push_back(reads(0, pipe(7)));
    all.push_back(process(5, 1, "ci", {writes(9, pipe(7))}));
    const window seen = looked({waits_input(7), waits_input(1), waits_input(2)}, {empty, empty}, 30, all);
    const limit found = limit_of(seen);
    EXPECT_EQ(found.reason, limit_reason::source) << text_of(found, seen.pipeline(), seen);
    EXPECT_EQ(found.outside, 5U);
    EXPECT_NE(text_of(found, seen.pipeline(), seen).find("ci (pid 5)"), std::string::npos);
}

TEST(tool_xray_limit, head_room_is_what_the_next_stage_allows) {
    const window seen =
        looked({{thread(0, activity::writes, 1, pipe(1)), 0.25}, busy(), waits_input(2)}, {full, empty});
    const limit found = limit_of(seen);
    ASSERT_TRUE(found.head_room);
    EXPECT_NEAR(*found.head_room, 4, 0.1);
    EXPECT_EQ(found.next, 0U);
    EXPECT_NE(text_of(found, seen.pipeline(), seen).find("at most 4.0 times"), std::string::npos);
    const auto evidence = evidence_of(found, seen);
    ASSERT_EQ(evidence.size(), 3U);
    EXPECT_NE(evidence[1].find("full in 100 %"), std::string::npos) << evidence[1];
}

TEST(tool_xray_limit, fewer_looks_and_a_smaller_lead_give_less_confidence) {
    const auto sure = limit_of(looked({waits_room(1), busy(), waits_input(2)}, {full, empty}));
    const auto short_look = limit_of(looked({waits_room(1), busy(), waits_input(2)}, {full, empty}, 9));
    const auto close =
        limit_of(looked({{thread(0, activity::writes, 1, pipe(1)), 0.8}, busy(), waits_input(2)}, {full, empty}));
    EXPECT_GT(sure.confidence, short_look.confidence);
    EXPECT_GT(sure.confidence, close.confidence);
    EXPECT_GE(close.confidence, 0.5);
}

TEST(tool_xray_doing, the_time_counted_by_the_system_corrects_the_looks) {
    // Seen running in each look, but a quarter of the time on a processor: what it did else was never seen.
    const window seen = looked({{thread(0, activity::running), 0.25}, waits_input(1), waits_input(2)}, {empty, empty});
    EXPECT_NEAR(seen.stage(0).on_cpu, 0.25, 0.01);
    EXPECT_NEAR(seen.stage(0).unknown, 0.75, 0.01);
    expect_limit(seen, limit_reason::unknown, std::nullopt);
}

stage_moment moment(std::vector<thread_sample> threads, channel_sample before, channel_sample behind) {
    sample now{.at = 1s, .processes = {}, .channels = {}};
    put(now, 12, std::move(threads));
    now.channels[pipe(1)] = before;
    now.channels[pipe(2)] = behind;
    return moment_of(pipeline_of(three(), 12), 1, now);
}

TEST(tool_xray_doing, who_polls_or_may_not_be_seen_is_told_by_its_channels) {
    for (const activity each : {activity::polls, activity::asleep, activity::reads}) { // a read of what is not told
        EXPECT_EQ(moment({thread(1, each)}, empty, some).what, doing::starved);
        EXPECT_EQ(moment({thread(1, each)}, some, full).what, doing::blocked);
        EXPECT_EQ(moment({thread(1, each)}, some, some).what, doing::sleeps);
        EXPECT_EQ(moment({thread(1, each)}, {}, {}).what, doing::unknown);
    }
}

TEST(tool_xray_doing, of_many_threads_the_most_active_counts) {
    const auto reader = thread(1, activity::reads, 0, pipe(1));
    const auto writer = thread(2, activity::writes, 1, pipe(2));
    const auto worker = thread(3, activity::threads);
    EXPECT_EQ(moment({reader, thread(4, activity::running)}, empty, some).what, doing::runs);
    EXPECT_EQ(moment({worker, reader}, empty, some).what, doing::starved);
    EXPECT_EQ(moment({worker, reader, writer}, empty, full).what, doing::blocked);
    EXPECT_EQ(moment({worker}, empty, some).what, doing::sleeps);
    EXPECT_EQ(moment({reader, thread(4, activity::disk)}, empty, some).what, doing::sleeps);
    EXPECT_EQ(moment({}, empty, some).what, doing::ended);
}

TEST(tool_xray_doing, a_read_of_something_else_is_told_by_name) {
    auto other = thread(1, activity::reads, 5);
    other.call = "read";
    other.subject = "/dev/tty";
    EXPECT_EQ(moment({other}, some, some).what, doing::sleeps);
    EXPECT_EQ(moment({other}, some, some).why, "read of /dev/tty");
}

/// Bytes a second between a and b: `written` and `read` so far, at the end of the window.
channel_shares moved(std::optional<std::uint64_t> written, std::optional<std::uint64_t> read) {
    window seen;
    for (const std::uint64_t part : {0U, 1U}) {
        sample now{.at = 1s + part * 1s, .processes = {}, .channels = {}};
        put(now, 11, {thread(11, activity::running)});
        put(now, 12, {thread(12, activity::running)});
        now.processes[11].bytes_written = written ? std::optional(*written * part) : std::nullopt;
        now.processes[12].bytes_read = read ? std::optional(*read * part) : std::nullopt;
        now.channels[pipe(1)] = some;
        seen.add(pipeline_of(three(), 11), now);
    }
    return seen.channel(pipe(1));
}

TEST(tool_xray_window, bytes_are_what_both_sides_agree_on) {
    EXPECT_EQ(moved(50'000'000, 50'000'000).moved, 50'000'000U);
    EXPECT_TRUE(moved(50'000'000, 50'000'000).exact);
    EXPECT_EQ(moved(90'000'000, 50'000'000).moved, 90'000'000U) << "who tells less may move more by splice";
    EXPECT_FALSE(moved(90'000'000, 50'000'000).exact);
    EXPECT_EQ(moved(0, 50'000'000).moved, 50'000'000U) << "splice is not counted";
    EXPECT_FALSE(moved(0, 50'000'000).exact);
    EXPECT_EQ(moved(std::nullopt, 7).moved, 7U);
    EXPECT_EQ(moved(std::nullopt, std::nullopt).moved, std::nullopt);
}

TEST(tool_xray_window, looks_that_show_nothing_move_are_counted_in_a_row) {
    EXPECT_EQ(looked({waits_room(1), sleeps(), waits_input(2)}, {full, empty}, 20).still(), 20U);
    EXPECT_EQ(looked({waits_room(1), busy(), waits_input(2)}, {full, empty}, 20).still(), 0U);
}

bool warns(const std::vector<std::string>& warnings, const std::string& part) {
    return std::ranges::any_of(warnings, [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

TEST(tool_xray_warnings, of_a_pipe_that_holds_less_than_usual) {
    channel_sample small = full;
    small.capacity = 8192;
    EXPECT_TRUE(warns(warnings_of(looked({waits_room(1), busy(), waits_input(2)}, {small, empty}), {}),
                      "from stage 1 (a) to stage 2 (b) holds only 8192 bytes"));
    EXPECT_TRUE(warnings_of(looked({waits_room(1), busy(), waits_input(2)}, {full, empty}), {}).empty());
}

TEST(tool_xray_warnings, of_standard_error_that_nobody_empties) {
    auto all = three();
    all[3].ends.push_back(writes(2, pipe(3)));
    all.push_back(process(5, 1, "parent", {reads(9, pipe(3))}));
    const habit stuck{thread(0, activity::writes, 2, pipe(3))};
    const auto warnings = warnings_of(looked({waits_room(1), stuck, waits_input(2)}, {full, empty, full}, 30, all), {});
    EXPECT_TRUE(warns(warnings, "the standard error of stage 2 (b) is full"));
}

TEST(tool_xray_warnings, of_a_stopped_stage_and_of_one_that_has_written_nothing) {
    EXPECT_TRUE(
        warns(warnings_of(looked({waits_room(1), {thread(0, activity::stopped)}, waits_input(2)}, {full, empty}), {}),
              "stage 2 (b) is stopped; 'kill -CONT 12'"));
    window seen = looked({busy(), waits_input(1), waits_input(2)}, {empty, empty}, 100);
    EXPECT_FALSE(warns(warnings_of(seen, {}), "has not written"));
    sample now = seen.last();
    now.at += 10ms;
    now.processes[11].bytes_written = 0;
    seen.add(seen.pipeline(), now);
    EXPECT_TRUE(warns(warnings_of(seen, {}), "stage 1 (a) has not written a byte so far"));
}

TEST(tool_xray_warnings, of_a_stage_that_has_closed_its_input) {
    known_readers known;
    note_readers(pipeline_of(three(), 11), known);
    auto all = three();
    all[3].ends.erase(all[3].ends.begin());
    channel_sample abandoned = some;
    abandoned.abandoned = true;
    auto joined = all;
    joined[2].ends.push_back(writes(5, pipe(2))); // what keeps the two together
    const window seen = looked({busy(), busy(), waits_input(2)}, {abandoned, empty}, 30, joined);
    EXPECT_TRUE(warns(warnings_of(seen, known), "stage 2 (b) has closed its input"));
    EXPECT_TRUE(warns(warnings_of(seen, {}), "nobody has the other end of what a (pid 11) writes to"));
}

TEST(tool_xray_warnings, of_an_input_that_a_stranger_keeps_open) {
    auto all = three();
    all.erase(all.begin() + 2);
    all.push_back(process(40, 1, "sleep", {writes(5, pipe(1))}));
    window seen;
    for (int i = 0; i < 20; ++i) {
        sample now{.at = 1s + i * 10ms, .processes = {}, .channels = {}};
        put(now, 12, {thread(12, activity::reads, 0, pipe(1))});
        put(now, 13, {thread(13, activity::reads, 0, pipe(2))});
        seen.add(pipeline_of(all, 12), now);
    }
    EXPECT_TRUE(warns(warnings_of(seen, {}),
                      "the input of stage 1 (b) does not end as long as sleep (pid 40) has it open to write"));
}

TEST(tool_xray_words, numbers_are_short_and_full_is_not_a_matter_of_bytes) {
    EXPECT_EQ(bytes_text(0), "0 B");
    EXPECT_EQ(bytes_text(999), "999 B");
    EXPECT_EQ(bytes_text(65536), "64.0 KiB");
    EXPECT_EQ(rate_text(3'145'728, 2s), "1.5 MiB/s");
    EXPECT_EQ(rate_text(3, 0s), "-");
    EXPECT_EQ(fill_text({.unread = 32784, .capacity = 65536, .full = true}), "32784 of 65536 bytes, full");
    EXPECT_EQ(fill_text({.unread = 0, .capacity = 65536, .full = false, .abandoned = true}),
              "0 of 65536 bytes, no reader");
    EXPECT_EQ(fill_text({}), "unknown");
}

} // namespace
