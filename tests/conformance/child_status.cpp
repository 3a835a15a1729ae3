// How a child ended and what it used.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::exit_status;
using windpipe::null;
using windpipe::piped;

TEST(child_status, tells_the_exit_code) {
    for (const std::uint32_t code : {0U, 1U, 2U, 3U, 127U, 128U, 255U}) {
        auto child = child_command("exit_with", std::to_string(code)).spawn();
        ASSERT_OK(child);
        EXPECT_TRUE(exited_with(child->wait(), code));
        EXPECT_EQ(child->wait()->success(), code == 0);
    }
}

TEST(child_status, keeps_as_many_bits_of_the_code_as_the_system) {
    for (const std::uint32_t code : {256U, 259U, 300U, 0x8000'0001U, 0xC000'0005U, 0xFFFF'FFFFU}) {
        auto child = child_command("exit_with", std::to_string(code)).spawn();
        ASSERT_OK(child);
        EXPECT_TRUE(exited_with(child->wait(), on_windows ? code : code & 0xFF));
    }
}

TEST(child_status, tells_a_crash_from_an_exit_code) {
    auto child = child_command("die_by_signal", "11").in(null).err(null).spawn();
    ASSERT_OK(child);
    const auto status = child->wait();
    ASSERT_OK(status);
    EXPECT_FALSE(status->success());
    if (on_windows) {
        EXPECT_EQ(status->code(), 0xC000'0005U) << status->text();
    } else {
        EXPECT_EQ(status->signal(), 11) << status->text();
        EXPECT_EQ(status->code(), std::nullopt);
    }
}

TEST(child_status, is_the_same_at_every_later_call) {
    auto child = child_command("exit_with", "3").spawn();
    ASSERT_OK(child);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(exited_with(child->wait(), 3));
        const auto tried = child->try_wait();
        ASSERT_OK(tried);
        EXPECT_EQ(*tried, exit_status::exited(3));
    }
}

TEST(child_status, is_nothing_while_the_child_runs) {
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(line_of(child->out), "ready\n");
    EXPECT_TRUE(still_running(*child));
    EXPECT_EQ(child->usage(), std::nullopt);
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(child_status, try_wait_reaps_without_a_wait) {
    auto child = child_command("exit_with", "4").out(piped).spawn();
    ASSERT_OK(child);
    std::optional<exit_status> status;
    while (!status) {
        const auto tried = child->try_wait();
        ASSERT_OK(tried);
        status = *tried;
    }
    EXPECT_EQ(*status, exit_status::exited(4));
    EXPECT_TRUE(exited_with(child->wait(), 4));
}

TEST(child_usage, counts_the_processor_time_of_the_child) {
    auto spins = child_command("spin", "100").spawn();
    ASSERT_OK(spins);
    ASSERT_TRUE(exited_with(spins->wait(), 0));
    const auto usage = spins->usage();
    ASSERT_TRUE(usage);
    EXPECT_GE(usage->user + usage->system, 50ms) << "some of it may fall between the clock's ticks";
    EXPECT_GE(usage->wall, 50ms);
}

TEST(child_usage, counts_the_memory_of_the_child) {
    constexpr std::uint64_t much = 512ULL << 20U; // more than we hold, which is the least that Linux tells of a child
    auto touches = child_command("touch_memory", "512").spawn();
    ASSERT_OK(touches);
    ASSERT_TRUE(exited_with(touches->wait(), 0));
    if (on_windows && touches->usage()->max_resident_bytes == 0) {
        GTEST_SKIP() << "this Windows does not tell it of a process that has ended (Wine)";
    }
    EXPECT_GE(touches->usage()->max_resident_bytes, much);
    auto does_not = child_command("exit_with", "0").spawn();
    ASSERT_OK(does_not);
    ASSERT_TRUE(exited_with(does_not->wait(), 0));
    EXPECT_GT(does_not->usage()->max_resident_bytes, 0U);
    EXPECT_LT(does_not->usage()->max_resident_bytes, much);
}

TEST(child_usage, knows_how_long_it_lived) {
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    const auto started = std::chrono::steady_clock::now();
    ASSERT_OK(child);
    EXPECT_EQ(line_of(child->out), "ready\n");
    EXPECT_TRUE(failed(child->wait({.until = 50ms}), "wait", std::errc::timed_out));
    const auto lived_at_least = std::chrono::steady_clock::now() - started;
    child->in.close();
    ASSERT_TRUE(exited_with(child->wait(), 0));
    EXPECT_GE(child->usage()->wall + 16ms, lived_at_least) << "16 ms: the step of Windows' process times";
}

TEST(child_status, of_an_object_without_a_process_is_an_error) {
    windpipe::child none;
    EXPECT_FALSE(none);
    EXPECT_EQ(none.pid(), 0U);
    EXPECT_TRUE(failed(none.wait(), "wait", std::errc::no_child_process));
    EXPECT_TRUE(failed(none.try_wait(), "wait", std::errc::no_child_process));
    EXPECT_TRUE(failed(none.kill(), "kill", std::errc::no_child_process));
    EXPECT_TRUE(failed(none.terminate(), "terminate", std::errc::no_child_process));
    EXPECT_TRUE(failed(none.stop(0s), "stop", std::errc::no_child_process));
    EXPECT_EQ(none.usage(), std::nullopt);
    none.detach();
}

} // namespace
