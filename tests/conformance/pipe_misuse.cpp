// Calls on ends that are not open: closed, moved from, never opened.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <array>

namespace windpipe_test {
namespace {

template <class Reader>
void expect_closed_reader(Reader& reader) {
    std::array<std::byte, 4> buffer{};
    std::vector<std::byte> bytes;
    std::string text;
    EXPECT_FALSE(reader.is_open());
    EXPECT_FALSE(static_cast<bool>(reader));
    EXPECT_FAILS(reader.read_some(buffer), bad_file_descriptor);
    EXPECT_FAILS(reader.read_some({}), bad_file_descriptor);
    EXPECT_FAILS(reader.read_some(buffer, at_once()), bad_file_descriptor);
    EXPECT_FAILS(reader.read(buffer), bad_file_descriptor);
    EXPECT_FAILS(reader.read_to_end(bytes), bad_file_descriptor);
    EXPECT_FAILS(reader.read_to_end(text), bad_file_descriptor);
    EXPECT_FAILS(reader.available(), bad_file_descriptor);
    EXPECT_FAILS(reader.peek(buffer), bad_file_descriptor);
    EXPECT_FAILS(reader.capacity(), bad_file_descriptor);
    EXPECT_FAILS(reader.duplicate(), bad_file_descriptor);
    EXPECT_EQ(reader.native_handle(), windpipe::no_handle);
    EXPECT_FALSE(reader.release());
    reader.close();
    EXPECT_FALSE(reader.is_open());
}

template <class Writer>
void expect_closed_writer(Writer& writer) {
    const std::array<windpipe::const_buffer, 1> pieces{bytes_of("x")};
    EXPECT_FALSE(writer.is_open());
    EXPECT_FALSE(static_cast<bool>(writer));
    EXPECT_FAILS(writer.write("x"), bad_file_descriptor);
    EXPECT_FAILS(writer.write(""), bad_file_descriptor);
    EXPECT_FAILS(writer.write("x", at_once()), bad_file_descriptor);
    EXPECT_FAILS(writer.write_some(pieces[0]), bad_file_descriptor);
    EXPECT_FAILS(writer.write_gather(pieces), bad_file_descriptor);
    EXPECT_FAILS(writer.capacity(), bad_file_descriptor);
    EXPECT_FAILS(writer.duplicate(), bad_file_descriptor);
    EXPECT_EQ(writer.native_handle(), windpipe::no_handle);
    EXPECT_FALSE(writer.release());
    writer.close();
    EXPECT_FALSE(writer.is_open());
}

PIPE_TEST(pipe_misuse, closed_ends_refuse_every_call) {
    auto [reader, writer] = this->make();
    reader.close();
    writer.close();
    expect_closed_reader(reader);
    expect_closed_writer(writer);
}

PIPE_TEST(pipe_misuse, moved_from_ends_refuse_every_call) {
    auto [reader, writer] = this->make();
    const auto other_reader = std::move(reader);
    const auto other_writer = std::move(writer);
    expect_closed_reader(reader);
    expect_closed_writer(writer);
    EXPECT_TRUE(other_reader.is_open());
    EXPECT_TRUE(other_writer.is_open());
}

PIPE_TEST(pipe_misuse, default_made_ends_refuse_every_call) {
    typename Family::reader reader;
    typename Family::writer writer;
    expect_closed_reader(reader);
    expect_closed_writer(writer);
}

PIPE_TEST(pipe_misuse, released_ends_refuse_every_call) {
    auto [reader, writer] = this->make();
    const auto in = reader.release();
    const auto out = writer.release();
    expect_closed_reader(reader);
    expect_closed_writer(writer);
}

PIPE_TEST(pipe_misuse, a_closed_end_says_so_in_its_message) {
    auto [reader, writer] = this->make();
    writer.close();
    const auto outcome = writer.write("x");
    ASSERT_FAILS(outcome, bad_file_descriptor);
    EXPECT_EQ(outcome.error().operation, "write");
    EXPECT_NE(outcome.error().message().find("closed"), std::string::npos) << outcome.error().message();
    EXPECT_EQ(outcome.error().transferred, 0U);
}

PIPE_TEST(pipe_misuse, or_throw_turns_an_error_into_an_exception_with_code_and_message) {
    auto [reader, writer] = this->make();
    reader.close();
    try {
        windpipe::or_throw(writer.write("x"));
        FAIL() << "it did not throw";
    } catch (const windpipe::failure& caught) {
        EXPECT_EQ(caught.code(), std::errc::broken_pipe);
        EXPECT_EQ(caught.what(), caught.cause().message());
    }
}

} // namespace
} // namespace windpipe_test
