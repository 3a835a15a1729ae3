// rights.cpp - what the handles of the ends may do, as the system sees it.
#include "ends.hpp"

#include "support/children.hpp"
#include "support/native.hpp"
#include "support/result.hpp"

#include <windpipe/child.hpp>

#include <windows.h>

#include <array>
#include <string>

namespace windpipe_test {

namespace {

/// What GetNamedPipeInfo and SetNamedPipeHandleState need is there, and the wrong direction is refused.
void expect_rights_of_reader(HANDLE reader) {
    DWORD flags = 0;
    DWORD mode = PIPE_WAIT;
    DWORD count = 0;
    EXPECT_TRUE(GetNamedPipeInfo(reader, &flags, nullptr, nullptr, nullptr)) << GetLastError();
    EXPECT_TRUE(SetNamedPipeHandleState(reader, &mode, nullptr, nullptr)) << GetLastError();
    OVERLAPPED operation{};
    EXPECT_FALSE(WriteFile(reader, "x", 1, &count, &operation));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
}

void expect_rights_of_writer(HANDLE writer) {
    DWORD flags = 0;
    DWORD mode = PIPE_WAIT;
    DWORD count = 0;
    std::array<char, 4> buffer{};
    EXPECT_TRUE(GetNamedPipeInfo(writer, &flags, nullptr, nullptr, nullptr)) << GetLastError();
    EXPECT_TRUE(SetNamedPipeHandleState(writer, &mode, nullptr, nullptr)) << GetLastError();
    OVERLAPPED operation{};
    EXPECT_FALSE(ReadFile(writer, buffer.data(), 1, &count, &operation));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
}

TEST(rights, s1_the_ends_of_a_plain_pipe_have_their_own_right_alone) {
    const auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    expect_rights_of_reader(reader.native_handle());
    expect_rights_of_writer(writer.native_handle());
}

TEST(rights, s1_our_ends_of_a_childs_pipes_are_overlapped_and_have_their_own_right_alone) {
    const auto child =
        windpipe::or_throw(child_command("cat").in(windpipe::piped).out(windpipe::piped).err(windpipe::piped).spawn());
    expect_rights_of_writer(child.in.native_handle());
    expect_rights_of_reader(child.out.native_handle());
    for (const HANDLE end : {child.in.native_handle(), child.out.native_handle(), child.err.native_handle()}) {
        EXPECT_FALSE(is_synchronous(end));
        EXPECT_FALSE(is_inheritable(end));
    }
    EXPECT_VALUE(child.in.capacity(), 65536U);
    EXPECT_VALUE(child.out.capacity(), 65536U);
}

TEST(rights, s10_nobody_else_can_open_the_pipe_of_a_child_by_its_name) {
    const auto child = windpipe::or_throw(child_command("cat").in(windpipe::piped).out(windpipe::piped).spawn());
    const std::string name = "\\\\.\\pipe" + identity(child.out.native_handle());
    ASSERT_NE(name.find("\\LOCAL\\windpipe-"), std::string::npos) << name;
    for (const DWORD access : {DWORD{GENERIC_READ}, DWORD{GENERIC_WRITE}}) {
        const HANDLE stranger = CreateFileA(name.c_str(), access, 0, nullptr, OPEN_EXISTING, 0, nullptr);
        EXPECT_EQ(stranger, INVALID_HANDLE_VALUE);
        EXPECT_TRUE(GetLastError() == ERROR_PIPE_BUSY || GetLastError() == ERROR_ACCESS_DENIED) << GetLastError();
    }
    const HANDLE second = CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, nullptr);
    EXPECT_EQ(second, INVALID_HANDLE_VALUE);
}

TEST(rights, an_overlapped_end_is_refused_as_a_childs_stream) {
    auto [reader, writer] = make_ends(overlapped::reader);
    auto command = child_command("cat").in(std::move(reader));
    const auto child = command.spawn();
    ASSERT_FAILS(child, invalid_argument);
    EXPECT_EQ(child.error().operation, "open stdin");
    EXPECT_NE(child.error().context.find("synchronous"), std::string::npos);
}

TEST(rights, a_file_or_a_wrong_end_cannot_be_taken_over_and_stays_the_callers) {
    windpipe::unique_handle file = scratch_file();
    EXPECT_FAILS(windpipe::pipe_reader::adopt(std::move(file)), invalid_argument);
    EXPECT_TRUE(is_open(file.get()));
    auto [read_end, write_end] = plain_pipe();
    EXPECT_FAILS(windpipe::pipe_reader::adopt(std::move(write_end)), invalid_argument);
    EXPECT_FAILS(windpipe::pipe_writer::adopt(std::move(read_end)), invalid_argument);
    EXPECT_FAILS(windpipe::pipe_reader::adopt(windpipe::unique_handle()), bad_file_descriptor);
    windpipe::unique_handle closed(closed_handle());
    EXPECT_FAILS(windpipe::pipe_reader::adopt(std::move(closed)), bad_file_descriptor);
    (void)closed.release();
}

TEST(rights, an_inheritable_end_becomes_private_when_it_is_taken_over) {
    auto [read_end, write_end] = plain_pipe();
    const auto reader = windpipe::pipe_reader::adopt(inheritable_copy(read_end.get()));
    ASSERT_OK(reader);
    EXPECT_FALSE(is_inheritable(reader->native_handle()));
}

TEST(rights, an_empty_message_is_no_end_of_stream) {
    constexpr auto name = "\\\\.\\pipe\\LOCAL\\windpipe-test-messages";
    windpipe::unique_handle server(CreateNamedPipeA(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED,
                                                    PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 0, 4096, 0, nullptr));
    windpipe::unique_handle client(
        CreateFileA(name, GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    auto reader = windpipe::pipe_reader::adopt(std::move(server));
    ASSERT_OK(reader);
    DWORD written = 0;
    ASSERT_TRUE(WriteFile(client.get(), "", 0, &written, nullptr));
    ASSERT_TRUE(WriteFile(client.get(), "abcdef", 6, &written, nullptr));
    client.reset();
    std::array<std::byte, 4> buffer{};
    EXPECT_VALUE(reader->read_some(buffer), 4U); // the rest of the message is no error either
    EXPECT_VALUE(reader->read_some(buffer), 2U);
    EXPECT_VALUE(reader->read_some(buffer), 0U);
}

} // namespace

} // namespace windpipe_test
