// Where the three streams of a child come from and go to.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

using namespace windpipe_test;
using windpipe::append_to;
using windpipe::from_file;
using windpipe::null;
using windpipe::piped;
using windpipe::to_file;
using windpipe::with_stdout;

TEST(command_streams, piped_gives_three_ends_to_the_parent) {
    auto child = child_command("cat_both").in(piped).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(child->in.is_open() && child->out.is_open() && child->err.is_open());
    ASSERT_OK(child->in.write("there and back"));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "there and back");
    EXPECT_EQ(rest_of(child->err), "there and back");
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(command_streams, only_piped_ones_are_open_in_the_parent) {
    auto child = child_command("exit_with", "0").in(null).out(null).spawn();
    ASSERT_OK(child);
    EXPECT_FALSE(child->in.is_open());
    EXPECT_FALSE(child->out.is_open());
    EXPECT_FALSE(child->err.is_open());
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(command_streams, null_is_empty_to_read_and_swallows_what_is_written) {
    auto reads = child_command("cat").in(null).out(piped).spawn();
    ASSERT_OK(reads);
    EXPECT_EQ(rest_of(reads->out), "");
    EXPECT_TRUE(exited_with(reads->wait(), 0));
    auto writes = child_command("flood", "300000", "300000").in(null).out(null).err(null).spawn();
    ASSERT_OK(writes);
    EXPECT_TRUE(exited_with(writes->wait(), 0));
}

TEST(command_streams, a_file_is_read_from_its_beginning) {
    const scratch_directory scratch;
    write_file(scratch / "input", "from a file\r\n\x1A!");
    auto child = child_command("cat").in(from_file{utf8(scratch / "input")}).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(child->out), "from a file\r\n\x1A!");
}

TEST(command_streams, a_file_to_write_is_made_or_emptied) {
    const scratch_directory scratch;
    const std::string path = utf8(scratch / "output");
    for (const char* text : {"the first, longer text", "second"}) {
        auto child = child_command("two_voices", text, "").in(null).out(to_file{path}).spawn();
        ASSERT_OK(child);
        ASSERT_TRUE(exited_with(child->wait(), 0));
        EXPECT_EQ(read_file(scratch / "output"), text);
    }
}

TEST(command_streams, a_file_to_append_is_made_or_kept) {
    const scratch_directory scratch;
    const std::string path = utf8(scratch / "log");
    for (const char* text : {"one ", "two ", "three"}) {
        auto child = child_command("two_voices", "", text).in(null).err(append_to{path}).spawn();
        ASSERT_OK(child);
        ASSERT_TRUE(exited_with(child->wait(), 0));
    }
    EXPECT_EQ(read_file(scratch / "log"), "one two three");
}

TEST(command_streams, both_outputs_append_to_one_file_without_overwriting_each_other) {
    const scratch_directory scratch;
    const std::string path = utf8(scratch / "log");
    auto child = child_command("two_voices", "out", "err").in(null).out(append_to{path}).err(append_to{path}).spawn();
    ASSERT_OK(child);
    ASSERT_TRUE(exited_with(child->wait(), 0));
    const std::string written = read_file(scratch / "log");
    EXPECT_TRUE(written == "outerr" || written == "errout") << written;
}

TEST(command_streams, a_file_has_a_name_beyond_ascii) {
    const scratch_directory scratch;
    const auto path = scratch.path() / u8"\u00E4\u6F22";
    auto child = child_command("two_voices", "x", "").in(null).out(to_file{utf8(path)}).spawn();
    ASSERT_OK(child);
    ASSERT_TRUE(exited_with(child->wait(), 0));
    EXPECT_EQ(read_file(path), "x");
}

TEST(command_streams, an_existing_end_moves_into_the_child) {
    auto feed = windpipe::make_pipe();
    auto drain = windpipe::make_pipe();
    ASSERT_OK(feed);
    ASSERT_OK(drain);
    auto child = child_command("cat").in(std::move(feed->reader)).out(std::move(drain->writer)).spawn();
    ASSERT_OK(child);
    EXPECT_FALSE(child->in.is_open() || child->out.is_open());
    ASSERT_OK(feed->writer.write("through both"));
    feed->writer.close();
    EXPECT_EQ(rest_of(drain->reader), "through both") << "end of stream comes: no copy of the ends was kept";
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(command_streams, children_are_chained_by_an_end) {
    auto first = child_command("two_voices", "hand over", "").in(null).out(piped).spawn();
    ASSERT_OK(first);
    auto between = windpipe::make_pipe();
    ASSERT_OK(between);
    auto left = child_command("two_voices", "hand over", "").in(null).out(std::move(between->writer)).spawn();
    auto right = child_command("cat").in(std::move(between->reader)).out(piped).spawn();
    ASSERT_OK(left);
    ASSERT_OK(right);
    EXPECT_EQ(rest_of(right->out), "hand over");
    EXPECT_TRUE(exited_with(left->wait(), 0));
    EXPECT_TRUE(exited_with(right->wait(), 0));
    EXPECT_EQ(rest_of(first->out), "hand over");
}

TEST(command_streams, a_native_handle_moves_into_the_child) {
    auto drain = windpipe::make_pipe();
    ASSERT_OK(drain);
    windpipe::unique_handle handle = drain->writer.release();
    auto child = child_command("two_voices", "", "by handle").in(null).err(std::move(handle)).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(drain->reader), "by handle");
}

TEST(command_streams, err_with_stdout_goes_where_out_goes) {
    auto child = child_command("two_voices", "out", "err").in(null).out(piped).err(with_stdout).spawn();
    ASSERT_OK(child);
    EXPECT_FALSE(child->err.is_open());
    const std::string both = rest_of(child->out);
    EXPECT_TRUE(both == "outerr" || both == "errout") << both;

    const scratch_directory scratch;
    auto to_one_file = child_command("two_voices", "out", "err")
                           .in(null)
                           .out(to_file{utf8(scratch / "file")})
                           .err(with_stdout)
                           .spawn();
    ASSERT_OK(to_one_file);
    ASSERT_TRUE(exited_with(to_one_file->wait(), 0));
    EXPECT_EQ(read_file(scratch / "file").size(), 6U) << "one file position for both";
}

TEST(command_streams, a_child_with_a_pipe_leaves_our_end_of_it_private) {
    // were the second child given the first one's `in`, the first would wait for its end for ever
    auto first = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(first);
    auto second = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(second);
    EXPECT_EQ(line_of(second->out), "ready\n");
    first->in.close();
    EXPECT_EQ(rest_of(first->out), "");
    EXPECT_TRUE(exited_with(first->wait(), 0));
}

TEST(command_streams, a_command_can_be_started_again) {
    auto what = child_command("two_voices", "again", "").in(null).out(piped);
    for (int i = 0; i < 3; ++i) {
        auto child = what.spawn();
        ASSERT_OK(child);
        EXPECT_EQ(rest_of(child->out), "again");
    }
}

TEST(command_streams, closing_stdout_early_is_seen_while_the_child_lives) {
    auto child = child_command("close_stdout_early").in(piped).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(child->out), "before\n");
    EXPECT_EQ(line_of(child->err), "closed\n");
    EXPECT_TRUE(still_running(*child)) << "it waits for its input to end";
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

} // namespace
