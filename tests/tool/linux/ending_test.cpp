// How windpipe ends its stages, and what becomes of them when windpipe itself is ended.
#include "support/pattern.hpp"
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <windpipe/child.hpp>

#include <csignal>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>

using namespace windpipe_test;

namespace {

/// windpipe with pipes to it, when the first line of its output has come.
windpipe::child started(words line, windpipe::containment reach = windpipe::containment::process) {
    windpipe::command tool = tool_command(std::move(line));
    tool.in(windpipe::piped).out(windpipe::piped).err(windpipe::piped).contain(reach);
    auto running = tool.spawn();
    if (!running) {
        ADD_FAILURE() << running.error().message();
        return {};
    }
    for (char byte = 0; byte != '\n';) {
        if (running->out.read(std::as_writable_bytes(std::span(&byte, 1))).value_or(0) != 1) {
            ADD_FAILURE() << "it has ended";
            return {};
        }
    }
    return std::move(*running);
}

/// To windpipe alone, as kill(1) does.
void send(const windpipe::child& tool, int signal) {
    EXPECT_EQ(::kill(static_cast<pid_t>(tool.pid()), signal), 0); // it is our child and has not been reaped
}

std::string rest_of(windpipe::pipe_reader& end) {
    std::string text;
    EXPECT_TRUE(end.read_to_end(text));
    return text;
}

TEST(tool_ending, at_the_end_of_the_time_the_stages_are_asked_and_the_status_is_124) {
    const outcome done = run_tool({"run", "--timeout", "100ms", "sleep_forever", "::", "sleep_forever"});
    EXPECT_EQ(done.code, 124U) << done.err;
    EXPECT_EQ(count(done.err, "windpipe: the time is over"), 1U) << done.err;
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "SIGTERM");
}

TEST(tool_ending, stages_that_do_not_obey_are_killed_and_the_status_is_137) {
    words line = {"--ignore-signal=TERM", tool_path(), "run", "-T.1", "-k.1", "sleep_forever", "::", "sleep_forever"};
    const outcome done = finish(with_children(windpipe::command("env", line)));
    EXPECT_EQ(done.code, 137U) << done.err;
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[1].status, "SIGKILL");
}

TEST(tool_ending, time_that_is_enough_changes_nothing) {
    EXPECT_EQ(run_tool({"run", "--timeout", "1h", "--stall", "1h", "exit_with", "3"}).code, 3U);
}

TEST(tool_ending, what_a_stage_has_started_ends_with_it_even_in_a_session_of_its_own) {
    // run_tool() returns only when nobody holds the output any more.
    const words lines[] = {
        {"run", "-T", "300ms", "leave_holder", "apart", "dead", "stay"},
        {"run", "-T", "300ms", "leave_holder", "apart", "dead", "::", "sleep_forever"},
        {"run", "-T", "300ms", "-k", "100ms", "sh", "-c", "(trap '' TERM; setsid sleep_forever) & wait"},
    };
    for (const words& line : lines) {
        const outcome done = run_tool(line);
        EXPECT_TRUE(done.code == 124U || done.code == 137U) << done.code << done.err;
    }
}

TEST(tool_ending, a_signal_to_windpipe_is_passed_on_and_ends_it_too) {
    for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT}) {
        windpipe::child tool = started({"run", "cat", "::", "sh", "-c", "echo ready; exec sleep_forever"});
        ASSERT_TRUE(tool);
        send(tool, signal);
        const std::string err = rest_of(tool.err);
        ASSERT_EQ(table_rows(err).size(), 2U) << err;
        EXPECT_EQ(*tool.wait(), windpipe::exit_status::signalled(signal)) << err;
        EXPECT_TRUE(table_rows(err)[1].status.starts_with(signal == SIGTERM  ? "SIGTERM"
                                                          : signal == SIGHUP ? "SIGHUP"
                                                          : signal == SIGINT ? "SIGINT"
                                                                             : "SIGQUIT"))
            << err;
    }
}

TEST(tool_ending, a_stage_may_clean_up_when_windpipe_is_told_to_end) {
    windpipe::child tool = started({"run", "obey_term"});
    ASSERT_TRUE(tool);
    send(tool, SIGTERM);
    EXPECT_EQ(rest_of(tool.out), "asked\n");
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::signalled(SIGTERM));
}

TEST(tool_ending, with_kill_after_a_signal_is_followed_by_a_kill) {
    windpipe::child tool = started({"run", "-k", "100ms", "sh", "-c", "trap '' TERM; echo ready; exec sleep_forever"});
    ASSERT_TRUE(tool);
    send(tool, SIGTERM);
    const std::string err = rest_of(tool.err);
    ASSERT_EQ(table_rows(err).size(), 1U) << err;
    EXPECT_EQ(table_rows(err)[0].status, "SIGKILL");
}

TEST(tool_ending, stages_die_with_a_windpipe_that_is_killed) {
    windpipe::child tool = started({"run", "sleep_forever", "::", "sh", "-c", "echo ready; exec sleep_forever"});
    ASSERT_TRUE(tool);
    ASSERT_TRUE(tool.kill());
    EXPECT_EQ(rest_of(tool.out), "") << "and nobody holds it any more";
}

TEST(tool_ending, a_stop_is_passed_on_and_so_is_going_on) {
    // In a group of its own: where our group has nobody who could continue it, SIGTSTP stops none of its processes.
    windpipe::child tool = started({"run", "sh", "-c", "echo ready; exec cat"}, windpipe::containment::tree);
    ASSERT_TRUE(tool);
    send(tool, SIGTSTP);
    siginfo_t info = {};
    ASSERT_EQ(::waitid(P_PID, tool.pid(), &info, WSTOPPED | WNOWAIT), 0);
    EXPECT_EQ(info.si_code, CLD_STOPPED);
    // It has stopped after its stages were told to. Now both go on.
    send(tool, SIGCONT);
    ASSERT_TRUE(tool.in.write("still here\n"));
    tool.in.close();
    EXPECT_EQ(rest_of(tool.out), "still here\n");
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::exited(0));
}

TEST(tool_ending, sigusr1_shows_what_goes_on) {
    windpipe::child tool = started({"run", "--table=never", "sh", "-c", "echo ready; exec cat"});
    ASSERT_TRUE(tool);
    send(tool, SIGUSR1);
    std::byte first{};
    EXPECT_EQ(tool.err.read(std::span(&first, 1)).value_or(0), 1U);
    tool.in.close();
    const std::string err = rest_of(tool.err);
    EXPECT_NE(err.find("does now"), std::string::npos) << err;
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::exited(0));
}

TEST(tool_ending, where_nothing_moves_it_is_said_and_can_be_ended) {
    for (const char* const mode : {"--exact", "--table=always"}) {
        const outcome done = run_tool({"run", mode, "--stall", "200ms", "--stall-kill", "sleep_forever", "::", "cat"});
        EXPECT_EQ(done.code, 124U) << done.err;
        EXPECT_EQ(count(done.err, "windpipe: no byte has moved for 200 ms"), 1U) << done.err;
        EXPECT_EQ(table_rows(done.err).size(), 2U) << done.err;
    }
}

TEST(tool_ending, what_cannot_be_looked_at_is_not_called_a_stall) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can become another user";
    }
    namespace fs = std::filesystem;
    const folder_of_test folder;
    const std::string program = folder.path("sleep"); // its counters are hidden from who may not read it
    fs::copy_file("/bin/sleep", program);
    fs::permissions(program, fs::perms(0711));
    fs::permissions(fs::path(program).parent_path(), fs::perms(0755));
    const outcome done =
        finish(windpipe::command("setpriv", words{"--reuid=65534", "--regid=65534", "--clear-groups", tool_path(),
                                                  "run", "--stall", "200ms", "--stall-kill", program, "1"}));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_NE(done.err.find("whether bytes move cannot be seen here"), std::string::npos) << done.err;
}

TEST(tool_ending, standard_error_that_nobody_reads_keeps_nothing_alive) {
    for (const char* const where : {"inherit", "prefix"}) {
        auto tool = windpipe::or_throw(tool_command({"run", "--stderr", where, "--timeout", "100ms", "--kill-after",
                                                     "100ms", "sh", "-c", "yes >&2"})
                                           .out(windpipe::null)
                                           .err(windpipe::piped)
                                           .spawn());
        const auto ended = windpipe::or_throw(tool.wait());
        EXPECT_TRUE(ended == windpipe::exit_status::exited(124) || ended == windpipe::exit_status::exited(137))
            << where << ": " << ended.text();
    }
}

TEST(tool_ending, records_that_nobody_reads_are_given_up) {
    const folder_of_test folder;
    const std::string name = folder.path("records");
    ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
    const windpipe::unique_handle never_read(::open(name.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::fcntl(never_read.get(), F_SETPIPE_SZ, 4096), 4096);
    words line = {"run", "--json", name, "cat"};
    for (int i = 0; i < 20; ++i) {
        line.insert(line.end(), {"::", "cat"});
    }
    const outcome done = run_tool(line, "all of it");
    EXPECT_EQ(done.code, 125U) << done.err;
    EXPECT_EQ(done.out, "all of it");
    EXPECT_NE(done.err.find("' are not complete: nobody reads them"), std::string::npos) << done.err;
}

/// A file system of 64 KiB, where we may make one.
class tool_full_disk : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directory(mounted_);
        if (::mount("tmpfs", mounted_.c_str(), "tmpfs", 0, "size=64k") != 0) {
            GTEST_SKIP() << "mount: " << std::generic_category().message(errno) << ": needs CAP_SYS_ADMIN";
        }
    }
    void TearDown() override { ::umount2(mounted_.c_str(), MNT_DETACH); }

    folder_of_test folder_;
    std::string mounted_ = folder_.path("small");
};

TEST_F(tool_full_disk, leaves_the_old_file_as_it_was) {
    const std::string file = mounted_ + "/file";
    write_file(file, "old");
    const outcome done = run_tool({"run", "--atomic-output", file, "cat"}, pattern_text(300'000));
    EXPECT_NE(done.code, 0U) << done.err;
    EXPECT_NE(done.err.find("is as it was"), std::string::npos) << done.err;
    EXPECT_EQ(read_file(file), "old");
}

TEST(tool_atomic_output_linux, a_limit_of_size_leaves_the_old_file_as_it_was) {
    const folder_of_test folder;
    const std::string file = folder.path("file");
    write_file(file, "old");
    const outcome done = finish(with_children(windpipe::command(
        "sh", {"-c", "ulimit -f 8; exec \"$0\" run --atomic-output \"$1\" flood 300000 0", tool_path(), file})));
    EXPECT_NE(done.code, 0U) << done.err;
    EXPECT_EQ(read_file(file), "old");
    EXPECT_EQ(folder.files(), 1);
}

TEST(tool_atomic_output_linux, a_killed_windpipe_leaves_the_old_file_and_nothing_else) {
    const folder_of_test folder;
    const std::string file = folder.path("file");
    write_file(file, "old");
    windpipe::command tool =
        tool_command({"run", "--atomic-output", file, "sh", "-c", "echo some; echo ready >&2; exec sleep_forever"});
    tool.out(windpipe::null).err(windpipe::piped).contain(windpipe::containment::process);
    auto running = tool.spawn();
    ASSERT_TRUE(running) << running.error().message();
    std::byte first{};
    ASSERT_EQ(running->err.read(std::span(&first, 1)).value_or(0), 1U);
    ASSERT_TRUE(running->kill());
    rest_of(running->err);
    EXPECT_EQ(read_file(file), "old");
    EXPECT_EQ(folder.files(), 1) << "the file system of temporary files has no O_TMPFILE";
}

TEST(tool_atomic_output_linux, keeps_permissions_and_follows_a_link) {
    namespace fs = std::filesystem;
    const folder_of_test folder;
    write_file(folder.path("file"), "old");
    fs::permissions(folder.path("file"), fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
    fs::create_symlink("file", folder.path("link"));
    EXPECT_EQ(run_tool({"run", "--atomic-output", folder.path("link"), "cat"}, "new").code, 0U);
    EXPECT_TRUE(fs::is_symlink(folder.path("link")));
    EXPECT_EQ(read_file(folder.path("file")), "new");
    EXPECT_EQ(fs::status(folder.path("file")).permissions(),
              fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
    EXPECT_EQ(run_tool({"run", "--atomic-output", "/dev/full", "cat"}).code, 125U);
}

TEST(tool_exact_linux, ends_a_stage_whose_reader_had_enough_by_sigpipe) {
    const outcome done = run_tool({"run", "--exact", "yes", "::", "head", "-n", "1"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "y\n");
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "SIGPIPE (forgiven)");
}

TEST(tool_color_linux, is_shown_where_it_is_wanted) {
    EXPECT_NE(run_tool({"run", "--color=always", "exit_with", "3"}).err.find("\x1B[31m"), std::string::npos);
    EXPECT_EQ(run_tool({"run", "exit_with", "3"}).err.find('\x1B'), std::string::npos);
    windpipe::command forced = tool_command({"run", "exit_with", "3"});
    forced.env("CLICOLOR_FORCE", "1");
    EXPECT_NE(finish(std::move(forced)).err.find("\x1B[31m"), std::string::npos);
    windpipe::command refused = tool_command({"run", "exit_with", "3"});
    refused.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    EXPECT_EQ(finish(std::move(refused)).err.find('\x1B'), std::string::npos);
}

} // namespace
