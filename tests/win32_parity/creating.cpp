// Section 1: creating a pipe.
#include "rows.hpp"

#include <memory>
#include <vector>

namespace {

using namespace parity;

TEST(win32_rows, row_1_1_create_pipe_gives_two_ends_and_leaves_the_last_error) {
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    SetLastError(untouched);
    ASSERT_NE(CreatePipe(&read, &write, nullptr, 0), FALSE);
    EXPECT_EQ(GetLastError(), untouched);
    EXPECT_EQ(write_to(write, "x"), done(1));
    std::string text;
    EXPECT_EQ(read_from(read, text, 10), done(1));
    EXPECT_EQ(text, "x");
    EXPECT_NE(CloseHandle(read), FALSE);
    EXPECT_NE(CloseHandle(write), FALSE);
}

TEST(win32_rows, row_1_2_both_ends_are_inheritable_or_neither) {
    const ends plain;
    EXPECT_EQ(flags_of(plain.read), 0U);
    EXPECT_EQ(flags_of(plain.write), 0U);
    const ends inherited(0, TRUE);
    EXPECT_EQ(flags_of(inherited.read), DWORD{HANDLE_FLAG_INHERIT});
    EXPECT_EQ(flags_of(inherited.write), DWORD{HANDLE_FLAG_INHERIT});
}

TEST(win32_rows, row_1_3_a_wrong_length_of_the_attributes_is_tolerated) {
    SECURITY_ATTRIBUTES attributes{0, nullptr, TRUE};
    ends pipe;
    pipe.close_read();
    pipe.close_write();
    ASSERT_NE(CreatePipe(&pipe.read, &pipe.write, &attributes, 0), FALSE);
    EXPECT_EQ(flags_of(pipe.read), DWORD{HANDLE_FLAG_INHERIT});
}

TEST(win32_rows, row_1_4_handles_are_multiples_of_four_and_are_used_again) {
    const auto values = [] {
        const ends pipe;
        return std::pair(pipe.read, pipe.write);
    };
    const auto first = values();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.first) % 4, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.second) % 4, 0U);
    EXPECT_LT(reinterpret_cast<std::uintptr_t>(first.second), 65536U);
    EXPECT_EQ(values(), first);
}

TEST(win32_rows, row_1_5_the_two_low_bits_of_a_handle_are_ignored) {
    const ends pipe;
    const auto with_low_bits = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(pipe.write) | 3U);
    EXPECT_EQ(write_to(with_low_bits, "abc"), done(3));
    EXPECT_EQ(waiting_in(pipe.read), 3U);
}

struct info {
    DWORD flags = 77, out = 77, in = 77, most = 77;
};
info info_of(HANDLE end) {
    info about;
    EXPECT_NE(GetNamedPipeInfo(end, &about.flags, &about.out, &about.in, &about.most), FALSE) << GetLastError();
    return about;
}

TEST(win32_rows, row_1_6_the_default_size_is_4096) {
    const ends pipe;
    for (HANDLE const end : {pipe.read, pipe.write}) {
        EXPECT_EQ(info_of(end).out, 4096U);
        EXPECT_EQ(info_of(end).in, 4096U);
    }
}

TEST(win32_rows, row_1_7_the_size_is_reported_as_it_was_asked_for) {
    for (const DWORD size : {DWORD{1}, DWORD{777}, DWORD{1} << 20U, DWORD{0xffffffff}}) {
        const ends pipe(size);
        EXPECT_EQ(info_of(pipe.read).out, size);
        EXPECT_EQ(info_of(pipe.write).in, size);
    }
}

TEST(win32_rows, row_1_8_the_capacity_is_exact_for_one_write) {
    for (const DWORD size :
         {DWORD{1}, DWORD{100}, DWORD{4096}, DWORD{4097}, DWORD{5000}, DWORD{65536}, DWORD{1} << 20U}) {
        const ends pipe(size);
        set_nowait(pipe.write);
        EXPECT_EQ(write_to(pipe.write, std::string(size + 1, 'x')), done(0)) << size;
        EXPECT_EQ(write_to(pipe.write, std::string(size, 'x')), done(size));
        EXPECT_EQ(write_to(pipe.write, "x"), done(0)) << size;
        EXPECT_EQ(waiting_in(pipe.read), size);
    }
}

TEST(win32_rows, row_1_8_the_capacity_is_exact_for_any_mix_and_after_partial_reads) {
    const ends pipe(4096);
    set_nowait(pipe.write);
    for (int i = 0; i < 4096; ++i) {
        ASSERT_EQ(write_to(pipe.write, "x"), done(1)) << i;
    }
    EXPECT_EQ(write_to(pipe.write, "x"), done(0));
    EXPECT_EQ(read_from(pipe.read, 2049), done(2049));
    EXPECT_EQ(write_to(pipe.write, std::string(2050, 'y')), done(0));
    EXPECT_EQ(write_to(pipe.write, std::string(2049, 'y')), done(2049));
    EXPECT_EQ(read_from(pipe.read, 4095), done(4095));
    EXPECT_EQ(write_to(pipe.write, std::string(4096, 'z')), done(0));
    EXPECT_EQ(write_to(pipe.write, std::string(4095, 'z')), done(4095));
}

TEST(win32_rows, row_1_9_each_end_has_its_own_right_and_both_may_read_and_change_their_state) {
    const ends pipe;
    const owned reader =
        duplicate(pipe.read, FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE, FALSE, 0);
    const owned writer = duplicate(
        pipe.write, FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
        FALSE, 0);
    EXPECT_EQ(write_to(writer, "x"), done(1));
    EXPECT_EQ(read_from(reader, 1), done(1));
    DWORD mode = PIPE_WAIT;
    EXPECT_NE(SetNamedPipeHandleState(reader, &mode, nullptr, nullptr), FALSE);
    EXPECT_NE(SetNamedPipeHandleState(writer, &mode, nullptr, nullptr), FALSE);
}

TEST(win32_rows, row_1_10_the_read_end_is_the_server_of_one_instance) {
    const ends pipe;
    EXPECT_EQ(info_of(pipe.read).flags, DWORD{PIPE_SERVER_END});
    EXPECT_EQ(info_of(pipe.write).flags, DWORD{PIPE_CLIENT_END});
    for (HANDLE const end : {pipe.read, pipe.write}) {
        EXPECT_EQ(info_of(end).most, 1U);
        DWORD state = 77;
        DWORD instances = 77;
        EXPECT_NE(GetNamedPipeHandleStateA(end, &state, &instances, nullptr, nullptr, nullptr, 0), FALSE);
        EXPECT_EQ(state, 0U);
        EXPECT_EQ(instances, 1U);
    }
}

TEST(win32_rows, row_1_12_ten_thousand_pipes_are_open_at_once) {
    const std::size_t many = deviates("1.12") ? 4000 : 10000;
    std::vector<std::unique_ptr<ends>> all;
    for (std::size_t i = 0; i < many && !HasFailure(); ++i) {
        all.push_back(std::make_unique<ends>());
    }
    EXPECT_EQ(write_to(all.back()->write, "last"), done(4));
    EXPECT_EQ(waiting_in(all.back()->read), 4U);
    EXPECT_EQ(waiting_in(all.front()->read), 0U);
}

} // namespace
