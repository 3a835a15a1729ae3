// Native handles: looked at, given away, taken over, copied.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/native.hpp"

namespace windpipe_test {
namespace {

using windpipe::pipe_reader;
using windpipe::pipe_writer;
using windpipe::unique_handle;

PIPE_TEST(pipe_handles, are_shown_while_the_end_is_open) {
    auto [reader, writer] = this->make();
    EXPECT_TRUE(is_pipe(reader.native_handle()));
    EXPECT_TRUE(is_pipe(writer.native_handle()));
    EXPECT_NE(reader.native_handle(), writer.native_handle());
    reader.close();
    EXPECT_EQ(reader.native_handle(), windpipe::no_handle);
}

PIPE_TEST(pipe_handles, S3_are_private_from_birth) {
    auto [reader, writer] = this->make();
    EXPECT_FALSE(is_inheritable(reader.native_handle()));
    EXPECT_FALSE(is_inheritable(writer.native_handle()));
}

PIPE_TEST(pipe_handles, are_closed_by_close) {
    auto [reader, writer] = this->make();
    const auto handle = reader.native_handle();
    EXPECT_TRUE(is_open(handle));
    reader.close();
    EXPECT_FALSE(is_open(handle));
}

PIPE_TEST(pipe_handles, are_closed_by_the_destructor) {
    windpipe::native_handle handle = windpipe::no_handle;
    {
        auto [reader, writer] = this->make();
        handle = writer.native_handle();
        EXPECT_TRUE(is_open(handle));
    }
    EXPECT_FALSE(is_open(handle));
}

PIPE_TEST(pipe_handles, given_away_stay_open_and_leave_the_end_closed) {
    auto [reader, writer] = this->make();
    const auto before = writer.native_handle();
    auto handle = writer.release();
    EXPECT_EQ(handle.get(), before);
    EXPECT_FALSE(writer.is_open());
    EXPECT_FAILS(writer.write("x"), bad_file_descriptor);
    EXPECT_FALSE(writer.release());
    EXPECT_FAILS(read_text(reader, 1, at_once()), timed_out) << "the stream must not have ended";
    handle.reset();
    EXPECT_VALUE(read_text(reader, 1), "");
}

PIPE_TEST(pipe_handles, taken_over_carry_the_data_that_was_in_the_pipe) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("before"));
    auto new_reader = Family::reader::adopt(reader.release());
    auto new_writer = Family::writer::adopt(writer.release());
    ASSERT_OK(new_reader);
    ASSERT_OK(new_writer);
    ASSERT_OK(new_writer->write(", after"));
    EXPECT_VALUE(read_text(*new_reader, 100), "before, after");
}

PIPE_TEST(pipe_handles, S1_each_end_has_only_its_own_right) {
    auto [reader, writer] = this->make();
    auto of_reader = reader.release();
    auto of_writer = writer.release();
    EXPECT_FAILS(Family::writer::adopt(std::move(of_reader)), invalid_argument);
    EXPECT_FAILS(Family::reader::adopt(std::move(of_writer)), invalid_argument);
    // On failure the handle is untouched and still the caller's.
    ASSERT_TRUE(of_reader);
    ASSERT_TRUE(of_writer);
    auto right_reader = Family::reader::adopt(std::move(of_reader));
    auto right_writer = Family::writer::adopt(std::move(of_writer));
    ASSERT_OK(right_reader);
    ASSERT_OK(right_writer);
    ASSERT_OK(right_writer->write("as before"));
    EXPECT_VALUE(read_text(*right_reader, 100), "as before");
}

PIPE_TEST(pipe_handles, duplicates_reach_the_same_pipe) {
    auto [reader, writer] = this->make();
    auto second_reader = reader.duplicate();
    auto second_writer = writer.duplicate();
    ASSERT_OK(second_reader);
    ASSERT_OK(second_writer);
    EXPECT_NE(second_reader->native_handle(), reader.native_handle());
    EXPECT_FALSE(is_inheritable(second_reader->native_handle()));
    EXPECT_FALSE(is_inheritable(second_writer->native_handle()));
    ASSERT_OK(writer.write("one "));
    ASSERT_OK(second_writer->write("two"));
    EXPECT_VALUE(read_text(*second_reader, 4), "one ");
    EXPECT_VALUE(read_text(reader, 100), "two");
}

PIPE_TEST(pipe_handles, S9_the_stream_ends_only_when_the_writer_and_its_duplicate_are_closed) {
    auto [reader, writer] = this->make();
    auto duplicate = windpipe::or_throw(writer.duplicate());
    writer.close();
    EXPECT_FAILS(read_text(reader, 1, at_once()), timed_out);
    ASSERT_OK(duplicate.write("x"));
    EXPECT_VALUE(read_text(reader, 1), "x");
    duplicate.close();
    EXPECT_VALUE(read_text(reader, 1), "");
}

PIPE_TEST(pipe_handles, S9_the_pipe_breaks_only_when_the_reader_and_its_duplicate_are_closed) {
    auto [reader, writer] = this->make();
    auto duplicate = windpipe::or_throw(reader.duplicate());
    reader.close();
    ASSERT_OK(writer.write("x"));
    EXPECT_VALUE(read_text(duplicate, 1), "x");
    duplicate.close();
    EXPECT_FAILS(writer.write("x"), broken_pipe);
}

PIPE_TEST(pipe_handles, moved_ends_take_everything_along) {
    auto [reader, writer] = this->make();
    const auto handle = reader.native_handle();
    typename Family::reader moved(std::move(reader));
    EXPECT_EQ(moved.native_handle(), handle);
    typename Family::reader assigned;
    assigned = std::move(moved);
    EXPECT_EQ(assigned.native_handle(), handle);
    ASSERT_OK(writer.write("x"));
    EXPECT_VALUE(read_text(assigned, 1), "x");
}

PIPE_TEST(pipe_handles, an_end_that_is_assigned_to_closes_what_it_had) {
    auto first = this->make();
    auto second = this->make();
    const auto handle = first.writer.native_handle();
    first.writer = std::move(second.writer);
    EXPECT_FALSE(is_open(handle));
    EXPECT_VALUE(read_text(first.reader, 1), "");
    ASSERT_OK(first.writer.write("x"));
    EXPECT_VALUE(read_text(second.reader, 1), "x");
}

class foreign_handles : public leak_checked {};

TEST_F(foreign_handles, of_a_pipe_made_by_the_system_are_taken_over) {
    auto [in, out] = plain_pipe();
    auto reader = pipe_reader::adopt(std::move(in));
    auto writer = pipe_writer::adopt(std::move(out));
    ASSERT_OK(reader);
    ASSERT_OK(writer);
    EXPECT_FALSE(in);
    ASSERT_OK(writer->write("plain"));
    EXPECT_VALUE(read_text(*reader, 100), "plain");
    EXPECT_FAILS(read_text(*reader, 100, {.until = std::chrono::milliseconds(5)}), timed_out);
    writer->close();
    EXPECT_VALUE(read_text(*reader, 100), "");
}

TEST_F(foreign_handles, of_a_file_are_refused_and_untouched) {
    unique_handle file = scratch_file();
    const auto before = file.get();
    EXPECT_FAILS(pipe_reader::adopt(std::move(file)), invalid_argument);
    EXPECT_FAILS(pipe_writer::adopt(std::move(file)), invalid_argument);
    EXPECT_EQ(file.get(), before);
    EXPECT_TRUE(is_open(before));
}

TEST_F(foreign_handles, that_are_closed_are_refused_and_untouched) {
    unique_handle closed(closed_handle());
    const auto before = closed.get();
    EXPECT_FAILS(pipe_reader::adopt(std::move(closed)), bad_file_descriptor);
    EXPECT_FAILS(pipe_writer::adopt(std::move(closed)), bad_file_descriptor);
    EXPECT_EQ(closed.release(), before);
}

TEST_F(foreign_handles, that_are_none_are_refused) {
    EXPECT_FAILS(pipe_reader::adopt(unique_handle()), bad_file_descriptor);
    EXPECT_FAILS(pipe_writer::adopt(unique_handle()), bad_file_descriptor);
}

} // namespace
} // namespace windpipe_test
