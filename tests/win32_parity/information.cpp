// Section 4: not waiting, peeking, information.
#include "rows.hpp"

namespace {

using namespace parity;

outcome set_state(HANDLE end, DWORD mode) {
    return of([&] { return SetNamedPipeHandleState(end, &mode, nullptr, nullptr); });
}

TEST(win32_rows, row_4_1_the_state_of_both_ends_can_be_set) {
    const ends pipe;
    for (HANDLE const end : {pipe.read, pipe.write}) {
        EXPECT_EQ(set_state(end, PIPE_NOWAIT), done(0));
        EXPECT_EQ(set_state(end, PIPE_WAIT), done(0));
        EXPECT_EQ(set_state(end, PIPE_READMODE_MESSAGE), failed(ERROR_INVALID_PARAMETER));
        EXPECT_EQ(set_state(end, 0x40), failed(ERROR_INVALID_PARAMETER));
        EXPECT_NE(SetNamedPipeHandleState(end, nullptr, nullptr, nullptr), FALSE);
    }
}

TEST(win32_rows, row_4_1_a_pipe_of_bytes_is_not_read_by_messages) {
    const std::string name = R"(\\.\pipe\windpipe-row-4-1-)" + std::to_string(GetCurrentProcessId());
    const owned server(
        CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 0, 0, 0, nullptr));
    ASSERT_NE(static_cast<HANDLE>(server), INVALID_HANDLE_VALUE) << GetLastError();
    EXPECT_EQ(set_state(server, PIPE_READMODE_BYTE), done(0));
    EXPECT_EQ(set_state(server, PIPE_READMODE_MESSAGE), failed(ERROR_INVALID_PARAMETER));
    EXPECT_EQ(set_state(server, PIPE_READMODE_MESSAGE | PIPE_NOWAIT), failed(ERROR_INVALID_PARAMETER));
}

TEST(win32_rows, row_4_2_not_to_wait_belongs_to_the_end_and_not_to_the_handle) {
    const ends pipe;
    const owned second = duplicate(pipe.read);
    set_nowait(second);
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_NO_DATA));
    DWORD state = 77;
    EXPECT_NE(GetNamedPipeHandleStateA(pipe.write, &state, nullptr, nullptr, nullptr, nullptr, 0), FALSE);
    EXPECT_EQ(state, 0U);
}

TEST(win32_rows, row_4_3_a_read_that_must_not_wait) {
    ends pipe;
    set_nowait(pipe.read);
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_NO_DATA));
    EXPECT_EQ(read_from(pipe.read, 0), failed(ERROR_NO_DATA));
    write_to(pipe.write, "ab");
    EXPECT_EQ(read_from(pipe.read, 10), done(2));
    pipe.close_write();
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_4_4_a_write_that_must_not_wait_is_all_or_nothing) {
    const ends pipe(4096);
    set_nowait(pipe.write);
    EXPECT_EQ(write_to(pipe.write, std::string(4097, 'x')), done(0));
    EXPECT_EQ(write_to(pipe.write, std::string(4000, 'x')), done(4000));
    EXPECT_EQ(write_to(pipe.write, std::string(97, 'x')), done(0));
    EXPECT_EQ(write_to(pipe.write, std::string(96, 'x')), done(96));
    EXPECT_EQ(waiting_in(pipe.read), 4096U);
}

TEST(win32_rows, row_4_5_what_a_pending_read_takes_counts_as_written) {
    const ends pipe(4096);
    set_nowait(pipe.write);
    background reader([&] { return read_from(pipe.read, 10); });
    EXPECT_TRUE(reader.blocks());
    const outcome how = write_to(pipe.write, std::string(5000, 'x'));
    EXPECT_NE(how.ok, FALSE);
    EXPECT_TRUE(is(how.count, DWORD{10}, "4.5", DWORD{0})) << "4096 fit, 5000 do not";
    write_to(pipe.write, std::string(10, 'x'));
    EXPECT_EQ(reader.result(), done(10));
}

TEST(win32_rows, row_4_6_a_write_that_must_not_wait_without_readers) {
    ends pipe;
    set_nowait(pipe.write);
    EXPECT_EQ(write_to(pipe.write, ""), done(0));
    pipe.close_read();
    EXPECT_EQ(write_to(pipe.write, "x"), failed(ERROR_NO_DATA));
}

TEST(win32_rows, row_4_7_not_to_wait_any_more_wakes_nobody) {
    const ends pipe;
    const owned second = duplicate(pipe.read);
    background reader([&] { return read_from(pipe.read, 10); });
    EXPECT_TRUE(reader.blocks());
    background setter([&] { return set_state(second, PIPE_NOWAIT); });
    EXPECT_TRUE(reader.blocks());
    write_to(pipe.write, "abc");
    EXPECT_EQ(reader.result(), done(3));
    setter.result();
}

struct peeked {
    outcome how;
    DWORD there = 77;
    DWORD left = 77;
    std::string text;
};
peeked peek(HANDLE end, DWORD most) {
    peeked seen;
    seen.text.assign(most, '\0');
    seen.how.count = 77;
    SetLastError(untouched);
    seen.how.ok =
        PeekNamedPipe(end, most > 0 ? seen.text.data() : nullptr, most, &seen.how.count, &seen.there, &seen.left);
    seen.how.error = GetLastError();
    return seen;
}

TEST(win32_rows, row_4_8_a_peek_takes_nothing_and_never_waits) {
    const ends pipe;
    EXPECT_EQ(peek(pipe.read, 0).how, done(0));
    EXPECT_NE(PeekNamedPipe(pipe.read, nullptr, 0, nullptr, nullptr, nullptr), FALSE);
    write_to(pipe.write, "hello");
    for (int i = 0; i < 2; ++i) {
        const peeked seen = peek(pipe.read, 3);
        EXPECT_EQ(seen.how, done(3));
        EXPECT_EQ(seen.there, 5U);
        EXPECT_EQ(seen.text, "hel");
    }
    EXPECT_EQ(read_from(pipe.read, 10), done(5));
}

TEST(win32_rows, row_4_9_a_peek_counts_what_is_being_written) {
    const ends pipe(4096);
    background writer([&] { return write_to(pipe.write, std::string(100000, 'x')); });
    EXPECT_TRUE(writer.blocks());
    const DWORD there = waiting_in(pipe.read);
    EXPECT_TRUE(there == 100000 || (deviates("4.9") && there >= 4096)) << there;
    for (DWORD left = 100000; left > 0;) {
        left -= read_from(pipe.read, left).count;
    }
    EXPECT_EQ(writer.result(), done(100000));
}

TEST(win32_rows, row_4_10_the_bytes_left_in_the_message_are_the_negative_of_those_read) {
    const ends pipe;
    write_to(pipe.write, "hello");
    EXPECT_EQ(peek(pipe.read, 5).left, static_cast<DWORD>(-5));
    EXPECT_EQ(peek(pipe.read, 3).left, static_cast<DWORD>(-3));
    EXPECT_EQ(peek(pipe.read, 0).left, 0U);
}

TEST(win32_rows, row_4_11_the_size_of_no_buffer_is_ignored) {
    const ends pipe;
    write_to(pipe.write, "hello");
    DWORD read = 77;
    EXPECT_NE(PeekNamedPipe(pipe.read, nullptr, 10, &read, nullptr, nullptr), FALSE);
    EXPECT_TRUE(is(read, DWORD{0}, "4.11", DWORD{5}));
}

TEST(win32_rows, row_4_12_a_peek_at_the_end_leaves_its_outputs) {
    ends pipe;
    write_to(pipe.write, "ab");
    pipe.close_write();
    EXPECT_EQ(peek(pipe.read, 5).how, done(2));
    EXPECT_EQ(read_from(pipe.read, 5), done(2));
    const peeked seen = peek(pipe.read, 5);
    EXPECT_EQ(seen.how, (outcome{FALSE, ERROR_BROKEN_PIPE, 77}));
    EXPECT_EQ(seen.there, 77U);
}

TEST(win32_rows, row_4_13_only_a_read_end_can_be_peeked_at) {
    const ends pipe;
    const owned no_pipe = event();
    EXPECT_EQ(peek(pipe.write, 0).how.error, DWORD{ERROR_ACCESS_DENIED});
    EXPECT_EQ(peek(no_pipe, 0).how.error, DWORD{ERROR_INVALID_HANDLE});
    EXPECT_EQ(peek(nullptr, 0).how.error, DWORD{ERROR_INVALID_HANDLE});
}

TEST(win32_rows, row_4_14_information_is_there_also_when_the_other_end_is_gone) {
    ends pipe;
    pipe.close_write();
    DWORD state = 77;
    EXPECT_NE(GetNamedPipeInfo(pipe.read, nullptr, nullptr, nullptr, nullptr), FALSE);
    EXPECT_NE(GetNamedPipeHandleStateA(pipe.read, &state, nullptr, nullptr, nullptr, nullptr, 0), FALSE);
    EXPECT_NE(GetNamedPipeHandleStateA(pipe.read, nullptr, nullptr, nullptr, nullptr, nullptr, 0), FALSE);
    const ends other;
    const owned only_reads = duplicate(other.read, FILE_READ_DATA, FALSE, 0);
    SetLastError(untouched);
    EXPECT_EQ(GetNamedPipeInfo(only_reads, nullptr, nullptr, nullptr, nullptr), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
}

TEST(win32_rows, row_4_15_a_local_pipe_collects_nothing) {
    const ends pipe;
    DWORD collect = 77;
    SetLastError(untouched);
    outcome how;
    how.ok = GetNamedPipeHandleStateA(pipe.read, nullptr, nullptr, &collect, nullptr, nullptr, 0);
    how.error = GetLastError();
    EXPECT_TRUE(is(how, failed(ERROR_INVALID_PARAMETER), "4.15", done(0)));
}

TEST(win32_rows, row_4_16_the_type_of_both_ends_is_pipe) {
    ends pipe;
    EXPECT_EQ(GetFileType(pipe.read), DWORD{FILE_TYPE_PIPE});
    EXPECT_EQ(GetFileType(pipe.write), DWORD{FILE_TYPE_PIPE});
    pipe.close_write();
    EXPECT_EQ(GetFileType(pipe.read), DWORD{FILE_TYPE_PIPE});
    const owned no_file = event();
    for (HANDLE const bad : {reinterpret_cast<HANDLE>(0xdead00), static_cast<HANDLE>(no_file)}) {
        SetLastError(untouched);
        EXPECT_EQ(GetFileType(bad), DWORD{FILE_TYPE_UNKNOWN});
        EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    }
}

TEST(win32_rows, row_4_17_the_names_of_the_standard_handles_are_handles_themselves) {
    ends pipe;
    const auto name = reinterpret_cast<HANDLE>(std::uintptr_t{STD_OUTPUT_HANDLE});
    HANDLE const before = GetStdHandle(STD_OUTPUT_HANDLE);
    SetStdHandle(STD_OUTPUT_HANDLE, pipe.write);
    EXPECT_EQ(GetFileType(name), DWORD{FILE_TYPE_PIPE});
    EXPECT_NE(CloseHandle(name), FALSE);
    SetStdHandle(STD_OUTPUT_HANDLE, before);
    EXPECT_EQ(of([&] { return CloseHandle(std::exchange(pipe.write, nullptr)); }), failed(ERROR_INVALID_HANDLE));
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_4_18_the_read_end_is_a_server_that_is_connected) {
    const ends pipe;
    EXPECT_EQ(of([&] { return ConnectNamedPipe(pipe.read, nullptr); }), failed(ERROR_PIPE_CONNECTED));
    EXPECT_EQ(of([&] { return ConnectNamedPipe(pipe.write, nullptr); }), failed(ERROR_INVALID_FUNCTION));
    EXPECT_TRUE(is(of([&] { return DisconnectNamedPipe(pipe.write); }), failed(ERROR_INVALID_FUNCTION), "4.18",
                   failed(ERROR_NOT_SUPPORTED)));
    EXPECT_EQ(of([&] { return DisconnectNamedPipe(pipe.read); }), done(0));
    EXPECT_EQ(read_from(pipe.read, 1), failed(ERROR_PIPE_NOT_CONNECTED));
    EXPECT_EQ(write_to(pipe.write, "x"), failed(ERROR_PIPE_NOT_CONNECTED));
}

TEST(win32_rows, row_4_19_to_transact_needs_both_rights) {
    const ends pipe;
    char bytes[8] = {};
    DWORD count = 0;
    for (HANDLE const end : {pipe.read, pipe.write}) {
        EXPECT_EQ(of([&] { return TransactNamedPipe(end, bytes, 8, bytes, 8, &count, nullptr); }),
                  failed(ERROR_ACCESS_DENIED));
    }
}

TEST(win32_rows, row_4_20_a_pipe_has_no_size_and_no_position) {
    const ends pipe;
    LARGE_INTEGER size{};
    EXPECT_EQ(GetFileSizeEx(pipe.read, &size), FALSE);
    EXPECT_EQ(GetFileSize(pipe.read, nullptr), INVALID_FILE_SIZE);
    EXPECT_EQ(SetFilePointerEx(pipe.read, size, nullptr, FILE_BEGIN), FALSE);
    EXPECT_EQ(SetFilePointer(pipe.read, 0, nullptr, FILE_BEGIN), INVALID_SET_FILE_POINTER);
    EXPECT_EQ(SetEndOfFile(pipe.write), FALSE);
}

} // namespace
