// Processes of the layer and strangers at its pipes.
#include "win32/tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

using namespace windpipe_test;

TEST(win32_processes, exit_codes_keep_32_bits) {
    for (const DWORD code : {0U, 1U, 256U, 300U, 259U, 0x80000001U, 0xffffffffU, 0xC0000005U}) {
        EXPECT_EQ(started(helper("exit " + std::to_string(code))).wait(), code);
        EXPECT_EQ(started(helper("return " + std::to_string(code))).wait(), code);
    }
}

TEST(win32_processes, handles_keep_value_flags_and_lead_nowhere_when_not_inherited) {
    pipe_handles given(true);
    pipe_handles kept(false);
    EXPECT_EQ(started(helper("flags " + number(given.writer))).wait(), DWORD{HANDLE_FLAG_INHERIT});
    EXPECT_EQ(started(helper("flags " + number(kept.writer))).wait(), 0x80000000U | ERROR_INVALID_HANDLE);
    EXPECT_EQ(started(helper("flags " + number(given.writer)), nullptr, FALSE).wait(),
              0x80000000U | ERROR_INVALID_HANDLE);
}

TEST(win32_processes, a_stranger_gets_its_streams_and_nothing_else) {
    pipe_handles given(true);
    pipe_handles output(true);
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = output.writer;
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    started child("/bin/sh -c \"ls /proc/self/fd; env | grep -c WINDPIPE_WIN32\"", &start);
    output.close_writer();
    // ls has its three streams and the directory that it reads
    EXPECT_EQ(read_to_end(output.reader), "0\n1\n2\n3\n0\n");
    (void)child.wait();
}

TEST(win32_processes, a_child_ignores_what_we_ignore_but_SIGPIPE_and_blocks_nothing) {
    const std::array ignored{SIGPIPE, SIGUSR1};
    std::array<sighandler_t, ignored.size()> before{};
    std::ranges::transform(ignored, before.begin(), [](int one) { return ::signal(one, SIG_IGN); });
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &blocked, nullptr), 0);
    const auto handler = ::signal(SIGWINCH, [](int) { std::abort(); });
    pipe_handles output(true);
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = output.writer;
    started child("/bin/grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status", &start);
    output.close_writer();
    const std::string told = read_to_end(output.reader);
    EXPECT_EQ(child.wait(), 0U);
    const auto mask = [&](const char* name) { return std::stoull(told.substr(told.find(name) + 7), nullptr, 16); };
    EXPECT_EQ(mask("SigBlk"), 0U) << told;
    EXPECT_EQ(mask("SigIgn") & (1U << (SIGPIPE - 1)), 0U) << told;
    EXPECT_NE(mask("SigIgn") & (1U << (SIGUSR1 - 1)), 0U) << told;
    EXPECT_EQ(mask("SigCgt") & (1U << (SIGWINCH - 1)), 0U) << told;
    (void)::signal(SIGWINCH, handler);
    (void)pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
    for (std::size_t i = 0; i < ignored.size(); ++i) {
        (void)::signal(ignored[i], before[i]);
    }
}

TEST(win32_processes, closing_the_standard_handle_closes_the_stream) {
    pipe_handles output(true);
    HANDLE const event = [] {
        SECURITY_ATTRIBUTES attributes{sizeof(attributes), nullptr, TRUE};
        return CreateEvent(&attributes, TRUE, FALSE, nullptr);
    }();
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = output.writer;
    started child(helper("standard " + number(event)), &start);
    const HANDLE value = output.writer;
    output.close_writer();
    EXPECT_EQ(read_to_end(output.reader), ""); // though the child still runs
    EXPECT_TRUE(SetEvent(event));
    EXPECT_EQ(child.wait(), static_cast<DWORD>(reinterpret_cast<std::uintptr_t>(value)));
    CloseHandle(event);
}

TEST(win32_processes, the_command_line_arrives_as_it_is) {
    pipe_handles output(true);
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = output.writer;
    const std::string line = helper("line  \"a\"\"b\"   c\\\\\"d e\" ");
    started child(line, &start);
    output.close_writer();
    EXPECT_EQ(read_to_end(output.reader), line);
    EXPECT_EQ(child.wait(), 0U);
}

TEST(win32_processes, a_suspended_child_begins_when_it_is_resumed) {
    started child(helper("exit 77"), nullptr, TRUE, CREATE_SUSPENDED);
    EXPECT_EQ(WaitForSingleObject(child.information.hProcess, 20), static_cast<DWORD>(WAIT_TIMEOUT));
    EXPECT_EQ(ResumeThread(child.information.hThread), 1U);
    EXPECT_EQ(child.wait(), 77U);
}

TEST(win32_processes, what_fails_to_start_leaves_nothing) {
    const std::size_t before = open_descriptors();
    PROCESS_INFORMATION information{};
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    char missing[] = "no_such_program_anywhere";
    EXPECT_FALSE(CreateProcessA(nullptr, missing, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &start, &information));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_FILE_NOT_FOUND));
    EXPECT_FALSE(
        CreateProcessA("/etc/passwd", nullptr, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &start, &information));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BAD_EXE_FORMAT));
    EXPECT_FALSE(
        CreateProcessA("/bin/true", nullptr, nullptr, nullptr, FALSE, 0, nullptr, "/no/such", &start, &information));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_DIRECTORY));
    EXPECT_EQ(open_descriptors(), before);
}

TEST(win32_processes, a_program_that_was_replaced_is_looked_into_again) {
    namespace files = std::filesystem;
    const files::path path = files::temp_directory_path() / ("windpipe_replaced_" + std::to_string(::getpid()));
    constexpr auto over = files::copy_options::overwrite_existing;
    for (int round = 0; round < 2; ++round) { // only a program on the layer tells all 32 bits
        files::copy_file(child_program("exit_with"), path, over);
        EXPECT_EQ(started(path.string() + " 5").wait(), 5U);
        files::copy_file(child_program("win32_helper"), path, over);
        EXPECT_EQ(started(path.string() + " exit 0xC0FFEE").wait(), 0xC0FFEEU);
    }
    files::remove(path);
}

TEST(win32_processes, a_handle_goes_into_a_running_process_and_one_comes_out) {
    pipe_handles input(true);
    pipe_handles output(true);
    pipe_handles given;
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = input.reader;
    start.hStdOutput = output.writer;
    EXPECT_TRUE(SetHandleInformation(input.writer, HANDLE_FLAG_INHERIT, 0));
    started child(helper("talk"), &start);
    output.close_writer();
    HANDLE there = nullptr;
    HANDLE const opened = OpenProcess(PROCESS_DUP_HANDLE, FALSE, child.information.dwProcessId);
    ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), given.writer, opened, &there, 0, FALSE, DUPLICATE_SAME_ACCESS))
        << GetLastError();
    given.close_writer();
    DWORD count = 0;
    ASSERT_TRUE(WriteFile(input.writer, &there, sizeof(there), &count, nullptr));
    std::array<char, 8> text{};
    ASSERT_TRUE(ReadFile(given.reader, text.data(), 8, &count, nullptr)) << GetLastError();
    EXPECT_EQ(std::string(text.data(), count), "given");
    HANDLE of_child = nullptr;
    ASSERT_TRUE(ReadFile(output.reader, &of_child, sizeof(of_child), &count, nullptr));
    HANDLE taken = nullptr;
    ASSERT_TRUE(DuplicateHandle(opened, of_child, GetCurrentProcess(), &taken, 0, FALSE,
                                DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE))
        << GetLastError();
    ASSERT_TRUE(ReadFile(taken, text.data(), 8, &count, nullptr));
    EXPECT_EQ(std::string(text.data(), count), "taken");
    input.close_writer();
    EXPECT_EQ(child.wait(), 0U);
    EXPECT_FALSE(ReadFile(taken, text.data(), 8, &count, nullptr)); // its writer died with the child
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BROKEN_PIPE));
    HANDLE late = taken;
    EXPECT_FALSE(DuplicateHandle(GetCurrentProcess(), taken, opened, &late, 0, FALSE, DUPLICATE_SAME_ACCESS));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_ACCESS_DENIED));
    CloseHandle(taken);
    CloseHandle(opened);
}

TEST(win32_processes, closing_a_job_ends_its_processes) {
    HANDLE const job = CreateJobObject(nullptr, nullptr);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    ASSERT_TRUE(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)));
    started child("/bin/sh -c \"sleep 1000 & sleep 1000\"", nullptr);
    ASSERT_TRUE(AssignProcessToJobObject(job, child.information.hProcess));
    BOOL is_in = FALSE;
    EXPECT_TRUE(IsProcessInJob(child.information.hProcess, job, &is_in));
    EXPECT_TRUE(is_in);
    EXPECT_TRUE(CloseHandle(job));
    EXPECT_EQ(child.wait(), 0U);
}
