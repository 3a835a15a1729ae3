// Section 6: handles.
#include "rows.hpp"

namespace {

using namespace parity;

struct copied {
    outcome how;
    owned handle;
};
copied copy(HANDLE of, DWORD access, BOOL inheritable, DWORD options, HANDLE into = GetCurrentProcess()) {
    copied made;
    SetLastError(untouched);
    made.how.ok = DuplicateHandle(GetCurrentProcess(), of, into, made.handle.out(), access, inheritable, options);
    made.how.error = GetLastError();
    return made;
}

TEST(win32_rows, row_6_1h_an_end_lives_until_all_its_handles_are_closed) {
    ends pipe;
    copied second = copy(pipe.write, 0, FALSE, DUPLICATE_SAME_ACCESS);
    EXPECT_EQ(second.how, done(0));
    EXPECT_NE(static_cast<HANDLE>(second.handle), pipe.write);
    pipe.close_write();
    EXPECT_EQ(write_to(second.handle, "abc"), done(3));
    EXPECT_EQ(read_from(pipe.read, 10), done(3));
    second.handle.close();
    EXPECT_EQ(read_from(pipe.read, 10), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_6_2h_a_copy_has_the_same_rights_and_its_own_flags) {
    ends pipe(0, TRUE);
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE), FALSE);
    {
        const copied plain = copy(pipe.read, 0, FALSE, DUPLICATE_SAME_ACCESS);
        EXPECT_EQ(flags_of(plain.handle), 0U);
        const copied inherited = copy(pipe.read, 0, TRUE, DUPLICATE_SAME_ACCESS);
        EXPECT_EQ(flags_of(inherited.handle), DWORD{HANDLE_FLAG_INHERIT});
    }
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0), FALSE);
}

TEST(win32_rows, row_6_3h_generic_rights_are_mapped_and_none_is_legal) {
    const ends pipe;
    const copied reads = copy(pipe.read, GENERIC_READ, FALSE, 0);
    EXPECT_EQ(reads.how, done(0));
    DWORD mode = PIPE_NOWAIT;
    SetLastError(untouched);
    EXPECT_EQ(SetNamedPipeHandleState(reads.handle, &mode, nullptr, nullptr), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED}) << "it has lost the right to change attributes";
    const copied nothing = copy(pipe.read, 0, FALSE, 0);
    EXPECT_EQ(nothing.how, done(0));
    EXPECT_EQ(read_from(nothing.handle, 1), failed(ERROR_ACCESS_DENIED));
}

TEST(win32_rows, row_6_4h_a_copy_cannot_have_more_rights) {
    const ends pipe;
    const copied more = copy(pipe.read, GENERIC_READ | GENERIC_WRITE, FALSE, 0);
    EXPECT_TRUE(is(more.how, failed(ERROR_ACCESS_DENIED), "6.4h", done(0)));
}

TEST(win32_rows, row_6_5h_each_call_asks_for_its_right) {
    const ends pipe;
    const copied attributes = copy(pipe.read, FILE_READ_ATTRIBUTES, FALSE, 0);
    EXPECT_EQ(read_from(attributes.handle, 1), failed(ERROR_ACCESS_DENIED));
    SetLastError(untouched);
    EXPECT_EQ(PeekNamedPipe(attributes.handle, nullptr, 0, nullptr, nullptr, nullptr), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
    SetLastError(untouched);
    EXPECT_EQ(WaitForSingleObject(attributes.handle, 0), DWORD{WAIT_FAILED});
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
}

TEST(win32_rows, row_6_6h_a_source_is_closed_and_its_value_used_again) {
    ends pipe;
    const copied moved = copy(pipe.read, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
    EXPECT_EQ(moved.how, done(0));
    EXPECT_EQ(static_cast<HANDLE>(moved.handle), pipe.read);
    pipe.read = nullptr;
    write_to(pipe.write, "abc");
    EXPECT_EQ(read_from(moved.handle, 10), done(3));
}

TEST(win32_rows, row_6_7h_a_protected_source_survives) {
    ends pipe;
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE), FALSE);
    {
        const copied second = copy(pipe.read, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
        EXPECT_EQ(second.how.ok, TRUE);
        EXPECT_NE(static_cast<HANDLE>(second.handle), pipe.read);
        write_to(pipe.write, "abc");
        EXPECT_EQ(read_from(pipe.read, 10), done(3));
    }
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0), FALSE);
}

TEST(win32_rows, row_6_8h_without_a_target_process_a_source_is_only_closed) {
    ends pipe;
    SetLastError(untouched);
    EXPECT_EQ(DuplicateHandle(GetCurrentProcess(), pipe.write, nullptr, nullptr, 0, FALSE, DUPLICATE_CLOSE_SOURCE),
              FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    pipe.write = nullptr;
    EXPECT_EQ(read_from(pipe.read, 10), failed(ERROR_BROKEN_PIPE));
}

TEST(win32_rows, row_6_9h_what_is_not_open_cannot_be_copied) {
    const ends pipe;
    const owned no_process = event();
    HANDLE made = pipe.read;
    SetLastError(untouched);
    EXPECT_EQ(DuplicateHandle(GetCurrentProcess(), reinterpret_cast<HANDLE>(0xdead00), GetCurrentProcess(), &made, 0,
                              FALSE, DUPLICATE_SAME_ACCESS),
              FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    EXPECT_EQ(made, nullptr);
    EXPECT_EQ(copy(pipe.read, 0, FALSE, DUPLICATE_SAME_ACCESS, no_process).how, failed(ERROR_INVALID_HANDLE));
}

TEST(win32_rows, row_6_12h_only_the_bits_of_the_mask_are_set) {
    const ends pipe;
    EXPECT_NE(
        SetHandleInformation(pipe.read, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE),
        FALSE);
    EXPECT_EQ(flags_of(pipe.read), DWORD{HANDLE_FLAG_INHERIT});
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_INHERIT, 0), FALSE);
    EXPECT_EQ(flags_of(pipe.read), 0U);
    SetLastError(untouched);
    EXPECT_EQ(SetHandleInformation(reinterpret_cast<HANDLE>(0xdead00), HANDLE_FLAG_INHERIT, 0), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    EXPECT_EQ(SetHandleInformation(GetCurrentProcess(), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT), FALSE);
}

TEST(win32_rows, row_6_13h_a_protected_handle_cannot_be_closed) {
    const ends pipe;
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE), FALSE);
    SetLastError(untouched);
    EXPECT_EQ(CloseHandle(pipe.read), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    write_to(pipe.write, "abc");
    EXPECT_EQ(read_from(pipe.read, 10), done(3));
    EXPECT_NE(SetHandleInformation(pipe.read, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0), FALSE);
}

TEST(win32_rows, row_6_14h_standard_handles_are_stored_as_they_are) {
    SetLastError(untouched);
    EXPECT_EQ(GetStdHandle(12345), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
    HANDLE const before = GetStdHandle(STD_INPUT_HANDLE);
    const auto any = reinterpret_cast<HANDLE>(0xdead00);
    EXPECT_NE(SetStdHandle(STD_INPUT_HANDLE, any), FALSE);
    EXPECT_EQ(GetStdHandle(STD_INPUT_HANDLE), any);
    EXPECT_NE(SetStdHandle(STD_INPUT_HANDLE, before), FALSE);
    SetLastError(untouched);
    EXPECT_EQ(SetStdHandle(12345, any), FALSE);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_HANDLE});
}

} // namespace
