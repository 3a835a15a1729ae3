// Section 3: writing.
#include "rows.hpp"

#include <csignal>
#include <vector>

namespace {

using namespace parity;

TEST(win32_rows, row_3_1_a_write_returns_when_all_is_in_the_pipe) {
    const ends pipe(4096);
    background writer([&] { return write_to(pipe.write, std::string(10000, 'x')); });
    EXPECT_TRUE(writer.blocks());
    DWORD total = 0;
    while (total < 10000) {
        total += read_from(pipe.read, 10000 - total).count;
    }
    EXPECT_EQ(writer.result(), done(10000));
}

TEST(win32_rows, row_3_2_a_blocked_write_is_done_when_the_rest_fits) {
    const ends pipe(4096);
    background writer([&] { return write_to(pipe.write, std::string(10000, 'x')); });
    EXPECT_TRUE(writer.blocks());
    for (DWORD left = 10000 - 4097; left > 0;) {
        left -= read_from(pipe.read, left).count;
    }
    EXPECT_TRUE(is(writer.blocks(), true, "3.2", false));
    EXPECT_EQ(read_from(pipe.read, 1), done(1));
    EXPECT_EQ(writer.result(), done(10000));
    EXPECT_EQ(waiting_in(pipe.read), 4096U);
}

TEST(win32_rows, row_3_3_a_write_of_any_size_stays_whole_among_others) {
    constexpr std::size_t record = 20000;
    constexpr int writers = 4;
    constexpr int records = 20;
    ends pipe(4096);
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i) {
        threads.emplace_back([&, i] {
            const owned own = duplicate(pipe.write);
            for (int n = 0; n < records; ++n) {
                EXPECT_EQ(write_to(own, std::string(record, static_cast<char>('A' + i))), done(record));
            }
        });
    }
    std::string all;
    std::string piece;
    while (all.size() < writers * records * record) {
        ASSERT_NE(read_from(pipe.read, piece, 65536).ok, FALSE);
        all += piece;
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (std::size_t at = 0; at < all.size(); at += record) {
        ASSERT_EQ(all.find_first_not_of(all[at], at), all.find_first_not_of(all[at], at + record - 1)) << at;
    }
}

TEST(win32_rows, row_3_4_a_write_without_readers_says_that_the_pipe_is_being_closed) {
    ends pipe;
    write_to(pipe.write, "dropped");
    pipe.close_read();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(write_to(pipe.write, "x"), failed(ERROR_NO_DATA));
    }
}

TEST(win32_rows, row_3_5_a_reader_that_leaves_a_blocked_write_breaks_it) {
    ends pipe(4096);
    background writer([&] { return write_to(pipe.write, std::string(10000, 'x')); });
    EXPECT_TRUE(writer.blocks());
    EXPECT_EQ(read_from(pipe.read, 100), done(100));
    pipe.close_read();
    EXPECT_EQ(writer.result(), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_3_6_a_write_of_nothing_puts_nothing_in_the_pipe) {
    const ends pipe;
    background reader([&] { return read_from(pipe.read, 100); });
    EXPECT_EQ(write_to(pipe.write, ""), done(0));
    EXPECT_TRUE(reader.blocks());
    EXPECT_EQ(write_to(pipe.write, "abc"), done(3));
    EXPECT_EQ(reader.result(), done(3));
}

TEST(win32_rows, row_3_7_a_write_of_nothing_notices_that_the_reader_is_gone) {
    ends pipe;
    pipe.close_read();
    EXPECT_EQ(write_to(pipe.write, ""), failed(ERROR_NO_DATA));
}

TEST(win32_rows, row_3_8_the_read_end_cannot_be_written_to) {
    const ends pipe;
    EXPECT_EQ(write_to(pipe.read, "x"), failed(ERROR_ACCESS_DENIED));
    EXPECT_EQ(write_to(pipe.read, ""), failed(ERROR_ACCESS_DENIED));
    const owned no_file = event();
    for (HANDLE const bad : {static_cast<HANDLE>(nullptr), INVALID_HANDLE_VALUE, reinterpret_cast<HANDLE>(0xdead00),
                             static_cast<HANDLE>(no_file)}) {
        EXPECT_EQ(write_to(bad, "x"), failed(ERROR_INVALID_HANDLE));
    }
}

TEST(win32_rows, row_3_9_a_missing_buffer_is_an_error_where_bytes_are_asked_of_it) {
    const ends pipe;
    DWORD count = 77;
    EXPECT_EQ(WriteFile(pipe.write, nullptr, 10, &count, nullptr), FALSE);
    EXPECT_TRUE(is(GetLastError(), DWORD{ERROR_NOACCESS}, "3.9", DWORD{ERROR_INVALID_USER_BUFFER}));
    EXPECT_EQ(count, 0U);
    EXPECT_NE(WriteFile(pipe.write, nullptr, 0, &count, nullptr), FALSE);
    EXPECT_EQ(waiting_in(pipe.read), 0U);
}

TEST(win32_rows, row_3_10_no_signal_is_raised) {
    // It would end this program: nothing handles it.
    ends pipe(4096);
    pipe.close_read();
    EXPECT_EQ(write_to(pipe.write, "x"), failed(ERROR_NO_DATA));
    EXPECT_EQ(write_to(pipe.write, std::string(100000, 'x')), failed(ERROR_NO_DATA));
}

outcome flush(HANDLE end) {
    return of([&] { return FlushFileBuffers(end); });
}

TEST(win32_rows, row_3_12_a_flush_waits_until_all_has_been_read) {
    ends pipe;
    EXPECT_EQ(flush(pipe.write), done(0));
    write_to(pipe.write, "abc");
    {
        background flushing([&] { return flush(pipe.write); });
        EXPECT_TRUE(flushing.blocks());
        EXPECT_EQ(read_from(pipe.read, 2), done(2));
        EXPECT_TRUE(flushing.blocks());
        EXPECT_EQ(read_from(pipe.read, 2), done(1));
        EXPECT_EQ(flushing.result(), done(0));
    }
    write_to(pipe.write, "abc");
    background flushing([&] { return flush(pipe.write); });
    EXPECT_TRUE(flushing.blocks());
    pipe.close_read();
    EXPECT_EQ(flushing.result(), failed(ERROR_BROKEN_PIPE));
    EXPECT_EQ(flush(pipe.write), done(0));
}

TEST(win32_rows, row_3_13_a_flush_needs_the_right_to_write) {
    const ends pipe;
    EXPECT_TRUE(is(flush(pipe.read), failed(ERROR_ACCESS_DENIED), "3.13", done(0)));
}

} // namespace
