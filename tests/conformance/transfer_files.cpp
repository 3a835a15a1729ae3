// Bytes from a pipe to a file and back: all of them, in order, and none lost when it ends early.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/native.hpp"
#include "support/threads.hpp"

#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::append_to;
using windpipe::from_file;
using windpipe::no_limit;
using windpipe::or_throw;
using windpipe::to_file;
using windpipe::transfer;

std::string text_of_pattern(std::size_t size) { return text_of(pattern(size)); }

SYSTEM_PIPE_TEST(transferred_to_a_file, all_of_a_stream_is_in_it) {
    const scratch_directory scratch;
    auto from = this->make();
    constexpr std::size_t size = 1'000'000;
    observed_thread sender([end = std::move(from.writer)]() mutable { ASSERT_OK(end.write(pattern(size))); });
    EXPECT_VALUE(transfer(from.reader, to_file{utf8(scratch / "file")}), size);
    EXPECT_TRUE(read_file(scratch / "file") == text_of_pattern(size));
    EXPECT_TRUE(from.reader.is_open()) << "it closes nothing";
}

SYSTEM_PIPE_TEST(transferred_from_a_file, all_of_it_arrives_in_order) {
    const scratch_directory scratch;
    auto to = this->make();
    constexpr std::size_t size = 1'000'000;
    write_file(scratch / "file", text_of_pattern(size));
    observed_thread sender([&] {
        EXPECT_VALUE(transfer(from_file{utf8(scratch / "file")}, to.writer), size);
        EXPECT_TRUE(to.writer.is_open()) << "it closes nothing";
        to.writer.close();
    });
    expect_pattern(to.reader, size);
    EXPECT_VALUE(read_text(to.reader, 1), "");
}

TEST(transferred_to_a_file, replaces_what_is_in_it_or_comes_behind_it) {
    const scratch_directory scratch;
    const std::string path = utf8(scratch / "file");
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    write_file(scratch / "file", "some longer text");
    ASSERT_OK(writer.write("onetwothree"));
    EXPECT_VALUE(transfer(reader, to_file{path}, 3), 3U);
    EXPECT_EQ(read_file(scratch / "file"), "one");
    EXPECT_VALUE(transfer(reader, append_to{path}, 3), 3U);
    EXPECT_VALUE(transfer(reader, append_to{path}, 5), 5U);
    EXPECT_EQ(read_file(scratch / "file"), "onetwothree");
}

TEST(transferred_by_its_handle, is_a_file_from_its_position_on) {
    const auto file = scratch_file();
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    ASSERT_OK(writer.write("123456789"));
    EXPECT_VALUE(transfer(reader, file.get(), 6), 6U);
    set_position(file.get(), 2);
    EXPECT_VALUE(transfer(reader, file.get(), 1), 1U);
    EXPECT_VALUE(read_text(reader, 9), "89"); // what was not asked for is still there
    EXPECT_VALUE(transfer(file.get(), writer, 2), 2U);
    EXPECT_VALUE(read_text(reader, 9), "45");
    EXPECT_VALUE(transfer(file.get(), writer), 1U); // fewer than asked for: the end of the file
    EXPECT_VALUE(transfer(file.get(), writer), 0U);
    set_position(file.get(), 0);
    EXPECT_VALUE(transfer(file.get(), writer, 0), 0U);
    EXPECT_VALUE(transfer(file.get(), writer), 6U);
    EXPECT_VALUE(read_text(reader, 9), "6127456");
}

SIZED_SYSTEM_PIPE_TEST(transferred_from_a_file, a_full_pipe_ends_it_in_time_and_the_rest_stays) {
    const auto file = scratch_file();
    auto to = this->make({.capacity = 4096});
    constexpr std::size_t size = 500'000;
    {
        auto filled = this->make();
        observed_thread sender([end = std::move(filled.writer)]() mutable { ASSERT_OK(end.write(pattern(size))); });
        ASSERT_EQ(or_throw(transfer(filled.reader, file.get())), size);
    }
    set_position(file.get(), 0);
    for (std::size_t done = 0; done < 300'000;) {
        const auto moved = transfer(file.get(), to.writer, no_limit, {.until = 1ms});
        ASSERT_FAILS(moved, timed_out);
        ASSERT_GT(moved.error().transferred, 0U);
        expect_pattern(to.reader, moved.error().transferred, done);
        done += moved.error().transferred;
    }
}

SYSTEM_PIPE_TEST(transferred_from_a_file, nothing_to_somebody_who_has_left) {
    const auto file = scratch_file();
    auto first = this->make();
    ASSERT_OK(first.writer.write("kept"));
    ASSERT_EQ(or_throw(transfer(first.reader, file.get(), 4)), 4U);
    set_position(file.get(), 0);
    auto left = this->make();
    left.reader.close();
    const auto moved = transfer(file.get(), left.writer);
    ASSERT_FAILS(moved, broken_pipe);
    EXPECT_EQ(moved.error().transferred, 0U);
    EXPECT_VALUE(transfer(file.get(), first.writer), 4U);
    EXPECT_VALUE(read_text(first.reader, 9), "kept");
}

SYSTEM_PIPE_TEST(transferred_from_a_file, nothing_at_its_end_although_nobody_would_read_it) {
    const scratch_directory scratch;
    auto to = this->make();
    to.reader.close();
    write_file(scratch / "file", "");
    EXPECT_VALUE(transfer(from_file{utf8(scratch / "file")}, to.writer), 0U);
}

SYSTEM_PIPE_TEST(transferred_to_a_file, nothing_where_nothing_comes_in_time) {
    const auto file = scratch_file();
    auto [reader, writer] = this->make();
    EXPECT_FAILS(transfer(reader, file.get(), 1, at_once()), timed_out);
    EXPECT_FAILS(transfer(reader, file.get(), 1, {.until = 20ms}), timed_out);
    ASSERT_OK(writer.write("x"));
    EXPECT_VALUE(transfer(reader, file.get(), 1, at_once()), 1U);
}

SYSTEM_PIPE_TEST(transferred_to_a_file, until_the_end_is_closed_by_another_thread) {
    const auto file = scratch_file();
    auto [reader, writer] = this->make();
    observed_thread relay([&, &reader = reader] { EXPECT_FAILS(transfer(reader, file.get()), operation_canceled); });
    ASSERT_TRUE(relay.wait_until_blocked());
    reader.close();
}

SYSTEM_PIPE_TEST(transferred_to_a_file, until_a_stop_is_requested) {
    const auto file = scratch_file();
    auto [reader, writer] = this->make();
    std::stop_source enough;
    observed_thread relay([&, &reader = reader] {
        EXPECT_FAILS(transfer(reader, file.get(), no_limit, {.stop = enough.get_token()}), operation_canceled);
    });
    ASSERT_TRUE(relay.wait_until_blocked());
    enough.request_stop();
}

SYSTEM_PIPE_TEST(transferred_by_its_handle, is_a_pipe_too) {
    auto from = this->make();
    auto to = this->make();
    ASSERT_OK(from.writer.write("one two"));
    EXPECT_VALUE(transfer(from.reader, to.writer.native_handle(), 3), 3U);
    EXPECT_VALUE(transfer(from.reader.native_handle(), to.writer, 4), 4U);
    EXPECT_VALUE(read_text(to.reader, 9), "one two");
    EXPECT_FAILS(transfer(from.reader.native_handle(), to.writer, 1, {.until = 20ms}), timed_out);
    to.reader.close();
    ASSERT_OK(from.writer.write("kept"));
    EXPECT_FAILS(transfer(from.reader, to.writer.native_handle()), broken_pipe);
    EXPECT_VALUE(read_text(from.reader, 9), "kept");
}

TEST(transferred_by_its_handle, is_only_what_is_open_that_way) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    EXPECT_FAILS(transfer(reader, reader.native_handle()), invalid_argument);
    EXPECT_FAILS(transfer(writer.native_handle(), writer), invalid_argument);
    EXPECT_FAILS(transfer(reader, windpipe::no_handle), bad_file_descriptor);
    EXPECT_FAILS(transfer(windpipe::no_handle, writer), bad_file_descriptor);
    EXPECT_FAILS(transfer(reader, closed_handle()), bad_file_descriptor);
    EXPECT_FAILS(transfer(closed_handle(), writer), bad_file_descriptor);
    const auto file = scratch_file();
    reader.close();
    writer.close();
    EXPECT_FAILS(transfer(reader, file.get()), bad_file_descriptor);
    EXPECT_FAILS(transfer(file.get(), writer), bad_file_descriptor);
}

TEST(transferred_by_path, is_refused_with_the_step_and_nothing_is_made_in_vain) {
    const scratch_directory scratch;
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    EXPECT_TRUE(failed(transfer(from_file{utf8(scratch / "missing")}, writer), "open file",
                       std::errc::no_such_file_or_directory));
    EXPECT_TRUE(failed(transfer(reader, to_file{utf8(scratch / "no" / "file")}), "open file",
                       std::errc::no_such_file_or_directory));
    EXPECT_TRUE(failed(transfer(reader, to_file{}), "open file", std::errc::invalid_argument));
    EXPECT_TRUE(failed(transfer(reader, append_to{std::string("a\0b", 3)}), "open file", std::errc::invalid_argument));
    reader.close();
    write_file(scratch / "file", "untouched");
    EXPECT_FAILS(transfer(reader, to_file{utf8(scratch / "file")}), bad_file_descriptor);
    EXPECT_EQ(read_file(scratch / "file"), "untouched");
}

TEST(transferred_between_a_child_and_a_file, is_all_of_it) {
    const scratch_directory scratch;
    constexpr std::size_t size = 300'000;
    auto first = or_throw(child_command("flood", std::to_string(size), "0").out(windpipe::piped).spawn());
    EXPECT_VALUE(transfer(first.out, to_file{utf8(scratch / "file")}), size);
    EXPECT_TRUE(exited_with(first.wait(), 0));
    auto second = or_throw(child_command("check_pattern").in(windpipe::piped).out(windpipe::piped).spawn());
    EXPECT_VALUE(transfer(from_file{utf8(scratch / "file")}, second.in), size);
    second.in.close();
    EXPECT_EQ(rest_of(second.out), std::to_string(size) + " ok\n");
    EXPECT_TRUE(exited_with(second.wait(), 0));
}

} // namespace
} // namespace windpipe_test
