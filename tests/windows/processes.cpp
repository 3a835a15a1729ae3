// processes.cpp - jobs, exit codes and consoles.
#include "support/children.hpp"
#include "support/result.hpp"

#include <windpipe/child.hpp>
#include <windpipe/waitable.hpp>

#include <windows.h>

#include <algorithm>
#include <string>

namespace windpipe_test {

namespace {

using windpipe::or_throw;

/// A grandchild that leave_holder started, while it lives.
windpipe::unique_handle grandchild_of(windpipe::child& parent) {
    std::string id;
    for (std::byte byte{}; or_throw(parent.out.read_some({&byte, 1})) == 1 && byte != std::byte{'\n'};) {
        id.push_back(static_cast<char>(byte));
    }
    HANDLE process = OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, FALSE, static_cast<DWORD>(std::stoul(id)));
    return windpipe::unique_handle(process == nullptr ? windpipe::no_handle : process);
}

bool has_ended(const windpipe::unique_handle& process) {
    return WaitForSingleObject(process.get(), 0) == WAIT_OBJECT_0;
}

/// Returns when it has; the watchdog ends a test where it does not.
void expect_end_of(const windpipe::unique_handle& process) {
    EXPECT_EQ(WaitForSingleObject(process.get(), INFINITE), WAIT_OBJECT_0);
}

TEST(processes, an_exit_code_has_32_bits) {
    EXPECT_EQ(run_child("exit_with", {"300"}).status, windpipe::exit_status::exited(300));
    EXPECT_EQ(run_child("exit_with", {"-1"}).status, windpipe::exit_status::exited(0xFFFFFFFF));
}

TEST(processes, a_waitable_is_signalled_from_the_end_of_the_process_on) {
    auto child = or_throw(child_command("cat").in(windpipe::piped).out(windpipe::piped).spawn());
    const auto ended = or_throw(windpipe::make_waitable(child));
    EXPECT_FALSE(has_ended(ended));
    EXPECT_FAILS(windpipe::make_waitable(child.out), operation_not_supported);
    child.in.close();
    expect_end_of(ended);
    EXPECT_VALUE(child.try_wait(), windpipe::exit_status::exited(0));
    EXPECT_TRUE(has_ended(or_throw(windpipe::make_waitable(child))));
    EXPECT_FAILS(windpipe::make_waitable(windpipe::child()), no_child_process);
}

TEST(processes, a_variable_of_ours_that_is_no_text_reaches_the_child_unchanged) {
    constexpr auto name = L"WINDPIPE_LONE";
    const std::wstring value = L"a\xD800z";
    ASSERT_TRUE(SetEnvironmentVariableW(name, value.c_str()));
    auto what = child_command("print_env").env("WINDPIPE_OTHER", "x");
    auto refused = child_command("print_env").env("WINDPIPE_OTHER", "\xED\xA0\x80");
    const auto done = windpipe::run(what);
    EXPECT_FAILS(refused.spawn(), illegal_byte_sequence);
    SetEnvironmentVariableW(name, nullptr);
    ASSERT_OK(done);
    const auto variables = parse_counted(done->out.text());
    EXPECT_NE(std::ranges::find(variables, "WINDPIPE_LONE=a\xED\xA0\x80z"), variables.end()) << done->out.text();
}

TEST(processes, a_crash_is_an_exit_with_the_exception_code) {
    EXPECT_EQ(run_child("die_by_signal", {"11"}).status, windpipe::exit_status::exited(0xC0000005));
}

TEST(processes, what_we_kill_counts_as_killed_by_signal_9) {
    auto child = or_throw(child_command("sleep_forever").spawn());
    ASSERT_OK(child.kill());
    EXPECT_VALUE(child.wait(), windpipe::exit_status::signalled(9));
    EXPECT_OK(child.kill());
}

TEST(processes, killing_a_child_kills_what_it_started) {
    auto child = or_throw(child_command("leave_holder", "stay").out(windpipe::piped).spawn());
    const auto grandchild = grandchild_of(child);
    ASSERT_TRUE(grandchild);
    EXPECT_FALSE(has_ended(grandchild));
    ASSERT_OK(child.kill());
    expect_end_of(grandchild);
}

TEST(processes, killing_an_ended_child_that_was_not_waited_for_kills_what_it_left) {
    auto child = or_throw(child_command("leave_holder").in(windpipe::null).out(windpipe::piped).spawn());
    const auto grandchild = grandchild_of(child);
    ASSERT_TRUE(grandchild);
    ASSERT_OK(child.kill());
    expect_end_of(grandchild);
}

TEST(processes, a_child_that_is_destroyed_takes_what_it_started_along) {
    windpipe::unique_handle grandchild;
    {
        auto child = or_throw(child_command("leave_holder", "stay").out(windpipe::piped).spawn());
        grandchild = grandchild_of(child);
        ASSERT_TRUE(grandchild);
    }
    expect_end_of(grandchild);
}

TEST(processes, a_child_that_was_waited_for_leaves_what_it_started_alone) {
    windpipe::unique_handle grandchild;
    {
        auto child = or_throw(child_command("leave_holder").in(windpipe::null).out(windpipe::piped).spawn());
        grandchild = grandchild_of(child);
        ASSERT_OK(child.wait());
    }
    ASSERT_TRUE(grandchild);
    EXPECT_FALSE(has_ended(grandchild));
    TerminateProcess(grandchild.get(), 0);
    expect_end_of(grandchild);
}

TEST(processes, a_detached_child_lives_on) {
    auto child = or_throw(child_command("sleep_forever").in(windpipe::null).spawn());
    HANDLE process = OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, FALSE, child.pid());
    ASSERT_NE(process, nullptr);
    const windpipe::unique_handle detached(process);
    child.detach();
    EXPECT_FALSE(has_ended(detached));
    TerminateProcess(detached.get(), 0);
    expect_end_of(detached);
}

TEST(processes, a_child_without_our_console_cannot_be_asked_to_end) {
    if (GetConsoleCP() != 0) {
        GTEST_SKIP() << "this process has a console, which its children share";
    }
    auto child =
        or_throw(child_command("sleep_forever").in(windpipe::null).contain(windpipe::containment::tree).spawn());
    EXPECT_FAILS(child.terminate(), operation_not_supported);
    EXPECT_VALUE(child.stop(std::chrono::seconds(0)), windpipe::exit_status::signalled(9));
}

TEST(processes, a_child_that_shares_our_group_cannot_be_asked_to_end) {
    auto child =
        or_throw(child_command("sleep_forever").in(windpipe::null).contain(windpipe::containment::process).spawn());
    EXPECT_FAILS(child.terminate(), operation_not_supported);
}

} // namespace

} // namespace windpipe_test
