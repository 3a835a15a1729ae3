// What rows of sections 3 and 6 say of two processes.
#include "child.hpp"

namespace {

using namespace parity;

TEST(win32_rows, row_3_3_a_write_of_any_size_stays_whole_among_processes) {
    for (const std::size_t size : {std::size_t{100}, std::size_t{5000}, std::size_t{20000}}) {
        constexpr std::size_t records = 50;
        ends pipe(4096, TRUE);
        std::vector<started> children;
        for (const char letter : {'A', 'B', 'C', 'D'}) {
            children.push_back(start("records " + number(pipe.write) + " " + std::to_string(records) + " " +
                                     std::to_string(size) + " " + letter));
        }
        pipe.close_write();
        std::string all;
        for (std::string some; read_from(pipe.read, some, 65536).ok != FALSE;) {
            all += some;
        }
        EXPECT_EQ(all.size(), 4 * records * size);
        for (std::size_t at = 0; at + size <= all.size(); at += size) {
            ASSERT_EQ(all.substr(at, size), std::string(size, all[at])) << "record at " << at;
        }
        for (started& child : children) {
            EXPECT_EQ(child.code(), 0U);
        }
    }
}

TEST(win32_rows, row_3_11_a_writer_that_is_ended_takes_its_unread_bytes_along) {
    ends pipe(4096, TRUE);
    started child = start("records " + number(pipe.write) + " 1 10000 x");
    pipe.close_write();
    while (waiting_in(pipe.read) == 0) {
        Sleep(0);
    }
    EXPECT_EQ(WaitForSingleObject(child.process, 60), DWORD{WAIT_TIMEOUT});
    TerminateProcess(child.process, 1);
    child.code();
    std::string text;
    const outcome how = read_from(pipe.read, text, 65536);
    // In the layer the beginning of its write stays, at least as long as the pipe, and then the pipe ends.
    EXPECT_TRUE(how == failed(ERROR_BROKEN_PIPE) ||
                (deviates("3.11") && how == done(how.count) && how.count >= 4096 && how.count <= 10000))
        << how;
    EXPECT_EQ(text, std::string(how.count, 'x'));
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_6_10h_a_handle_is_put_into_a_running_process) {
    ends pipe;
    ends in(0, TRUE);
    started child = start("told", {.streams = {in.read, nullptr, nullptr}});
    HANDLE there = nullptr;
    ASSERT_NE(DuplicateHandle(GetCurrentProcess(), pipe.write, child.process, &there, 0, FALSE, DUPLICATE_SAME_ACCESS),
              FALSE)
        << GetLastError();
    pipe.close_write();
    const unsigned long long value = reinterpret_cast<std::uintptr_t>(there);
    write_to(in.write, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
    EXPECT_EQ(child.code(), 6U);
    std::string text;
    EXPECT_EQ(read_from(pipe.read, text, 100), done(6));
    EXPECT_EQ(text, "pushed");
    EXPECT_EQ(read_from(pipe.read, 100), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_6_11h_a_handle_is_taken_out_of_a_running_process) {
    ends pipe;
    started child = start("pull " + std::to_string(GetCurrentProcessId()) + " " + number(pipe.write));
    EXPECT_EQ(child.code(), 6U);
    std::string text;
    EXPECT_EQ(read_from(pipe.read, text, 100), done(6));
    EXPECT_EQ(text, "pulled");
    EXPECT_EQ(read_from(pipe.read, 100), failed(ERROR_BROKEN_PIPE)) << "the source is closed";
    pipe.write = nullptr;
}

} // namespace
