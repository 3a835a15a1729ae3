// Section 2: reading.
#include "rows.hpp"

#include <memory>
#include <vector>

namespace {

using namespace parity;

outcome (*const reading)(HANDLE, DWORD) = read_from;

TEST(win32_rows, row_2_1_a_read_returns_what_is_there_up_to_the_count) {
    const ends pipe;
    background reader([&] { return reading(pipe.read, 100); });
    EXPECT_TRUE(reader.blocks());
    EXPECT_EQ(write_to(pipe.write, "x"), done(1));
    EXPECT_EQ(reader.result(), done(1));
    write_to(pipe.write, "12345");
    write_to(pipe.write, "1234567");
    EXPECT_EQ(read_from(pipe.read, 100), done(12));
    write_to(pipe.write, "1234567890");
    EXPECT_EQ(read_from(pipe.read, 4), done(4));
    EXPECT_EQ(read_from(pipe.read, 100), done(6));
}

TEST(win32_rows, row_2_1_a_waiting_read_gets_all_of_a_write_that_fits) {
    constexpr DWORD size = 65536;
    constexpr int times = 1000;
    const ends pipe(size);
    const owned turn(CreateEventA(nullptr, FALSE, FALSE, nullptr));
    std::thread writer([&] {
        const std::string bytes(size, 'x');
        for (int i = 0; i < times; ++i) {
            EXPECT_EQ(write_to(pipe.write, bytes), done(size));
            WaitForSingleObject(turn, INFINITE);
        }
    });
    int whole = 0;
    for (int i = 0; i < times; ++i) {
        DWORD count = read_from(pipe.read, size).count;
        whole += count == size ? 1 : 0;
        while (count < size) {
            count += read_from(pipe.read, size - count).count;
        }
        SetEvent(turn);
    }
    writer.join();
    EXPECT_EQ(whole, times);
}

TEST(win32_rows, row_2_2_all_of_a_blocked_write_can_be_read) {
    const ends pipe(4096);
    background writer([&] { return write_to(pipe.write, std::string(100000, 'x')); });
    DWORD total = 0;
    while (total < 100000) { // a layer may give what its pipe holds: row 2.1 allows that
        const outcome some = read_from(pipe.read, 200000);
        ASSERT_EQ(some, done(some.count));
        total += some.count;
    }
    EXPECT_EQ(total, 100000U);
    EXPECT_EQ(writer.result(), done(100000));
}

TEST(win32_rows, row_2_3_data_is_delivered_before_the_end) {
    ends pipe;
    write_to(pipe.write, "rest");
    pipe.close_write();
    std::string text;
    EXPECT_EQ(read_from(pipe.read, text, 2), done(2));
    EXPECT_EQ(read_from(pipe.read, text, 100), done(2));
    EXPECT_EQ(text, "st");
}

TEST(win32_rows, row_2_4_the_end_is_a_broken_pipe_every_time) {
    ends pipe;
    pipe.close_write();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(read_from(pipe.read, 100), failed(ERROR_BROKEN_PIPE));
    }
}

TEST(win32_rows, row_2_5_a_blocked_read_ends_when_the_last_writer_closes) {
    ends pipe;
    owned second = duplicate(pipe.write);
    background reader([&] { return reading(pipe.read, 100); });
    pipe.close_write();
    EXPECT_TRUE(reader.blocks());
    second.close();
    EXPECT_EQ(reader.result(), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_2_6_a_read_of_nothing_waits_for_data_and_takes_none) {
    ends pipe;
    {
        background reader([&] { return reading(pipe.read, 0); });
        EXPECT_TRUE(reader.blocks());
        write_to(pipe.write, "abc");
        EXPECT_EQ(reader.result(), done(0));
    }
    EXPECT_EQ(read_from(pipe.read, 100), done(3));
    background reader([&] { return reading(pipe.read, 0); });
    EXPECT_TRUE(reader.blocks());
    pipe.close_write();
    EXPECT_EQ(reader.result(), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_2_7_a_read_of_nothing_returns_at_once_where_data_is_there) {
    ends pipe;
    write_to(pipe.write, "abc");
    EXPECT_EQ(read_from(pipe.read, 0), done(0));
    pipe.close_write();
    EXPECT_EQ(read_from(pipe.read, 0), done(0));
    EXPECT_EQ(read_from(pipe.read, 100), done(3));
    EXPECT_EQ(read_from(pipe.read, 0), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_2_8_the_count_is_0_after_every_failure) {
    char byte = 0;
    for (HANDLE const bad : {static_cast<HANDLE>(nullptr), INVALID_HANDLE_VALUE, reinterpret_cast<HANDLE>(0xffff0)}) {
        DWORD count = 77;
        EXPECT_EQ(ReadFile(bad, &byte, 1, &count, nullptr), FALSE);
        EXPECT_EQ(count, 0U);
    }
}

TEST(win32_rows, row_2_9_the_count_may_be_left_out) {
    const ends pipe;
    write_to(pipe.write, "x");
    char byte = 0;
    EXPECT_NE(ReadFile(pipe.read, &byte, 1, nullptr, nullptr), FALSE);
    EXPECT_EQ(byte, 'x');
}

TEST(win32_rows, row_2_10_the_write_end_cannot_be_read) {
    const ends pipe;
    EXPECT_EQ(read_from(pipe.write, 10), failed(ERROR_ACCESS_DENIED));
    EXPECT_EQ(read_from(pipe.write, 0), failed(ERROR_ACCESS_DENIED));
}

TEST(win32_rows, row_2_11_what_is_no_file_cannot_be_read) {
    const owned no_file = event();
    HANDLE closed = nullptr;
    {
        const ends pipe;
        closed = pipe.read;
    }
    for (HANDLE const bad : {closed, static_cast<HANDLE>(nullptr), INVALID_HANDLE_VALUE,
                             reinterpret_cast<HANDLE>(0xdead00), static_cast<HANDLE>(no_file)}) {
        EXPECT_EQ(read_from(bad, 10), failed(ERROR_INVALID_HANDLE));
    }
}

TEST(win32_rows, row_2_12_a_bad_buffer_takes_no_data) {
    const ends pipe;
    write_to(pipe.write, "abc");
    DWORD count = 77;
    EXPECT_EQ(ReadFile(pipe.read, nullptr, 10, &count, nullptr), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_NOACCESS});
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(read_from(pipe.read, 10), done(3));
}

TEST(win32_rows, row_2_13_blocked_readers_are_served_in_order) {
    const ends pipe;
    std::vector<std::unique_ptr<background>> readers;
    for (int i = 0; i < 3; ++i) {
        readers.push_back(std::make_unique<background>([&] { return reading(pipe.read, 1); }));
        EXPECT_TRUE(readers.back()->blocks());
    }
    if (deviates("2.13")) {
        write_to(pipe.write, "xxx");
        for (const auto& reader : readers) {
            EXPECT_EQ(reader->result(), done(1));
        }
        return;
    }
    for (std::size_t i = 0; i < readers.size(); ++i) {
        write_to(pipe.write, "x");
        EXPECT_EQ(readers[i]->result(), done(1));
        for (std::size_t later = i + 1; later < readers.size(); ++later) {
            EXPECT_TRUE(readers[later]->blocks());
        }
    }
}

TEST(win32_rows, row_2_14_success_leaves_the_last_error) {
    const ends pipe;
    EXPECT_EQ(write_to(pipe.write, "x").error, untouched);
    EXPECT_EQ(read_from(pipe.read, 1).error, untouched);
}

TEST(win32_rows, row_2_15_a_blocked_read_is_no_reason_to_rely_on_a_peek_of_the_same_handle) {
    // On Windows the peek would wait for the read: it is made through another handle of the end where that matters.
    const ends pipe;
    background reader([&] { return reading(pipe.read, 1); });
    background peek([&] {
        DWORD there = 77;
        outcome how;
        how.ok = PeekNamedPipe(pipe.read, nullptr, 0, nullptr, &there, nullptr);
        how.error = untouched;
        return how;
    });
    EXPECT_TRUE(reader.blocks());
    write_to(pipe.write, "xy");
    EXPECT_EQ(reader.result(), done(1));
    EXPECT_EQ(peek.result(), done(0));
}

VOID CALLBACK note(ULONG_PTR where) { *reinterpret_cast<bool*>(where) = true; }

TEST(win32_rows, row_2_16_a_call_queued_for_the_thread_does_not_interrupt_a_read) {
    const ends pipe;
    bool ran = false;
    bool ran_in_wait = false;
    background reader([&] {
        const outcome how = reading(pipe.read, 1);
        const bool before = ran;
        SleepEx(0, TRUE);
        ran_in_wait = !before && ran;
        return how;
    });
    ASSERT_NE(QueueUserAPC(note, reader.thread(), reinterpret_cast<ULONG_PTR>(&ran)), 0U) << GetLastError();
    EXPECT_TRUE(reader.blocks());
    write_to(pipe.write, "x");
    EXPECT_EQ(reader.result(), done(1));
    EXPECT_TRUE(ran_in_wait);
}

} // namespace
