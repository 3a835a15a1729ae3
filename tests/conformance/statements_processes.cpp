// S2, S3, S4, S9: pipes between processes. The other processes are started without windpipe and know nothing of it.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/children.hpp"
#include "support/foreign.hpp"
#include "support/native.hpp"
#include "support/threads.hpp"

#include <thread>

namespace windpipe_test {
namespace {

using windpipe::or_throw;

/// What list_handles reports when it is started carelessly, with `in` as its standard input.
std::string handles_of_a_child(windpipe::native_handle in) {
    auto [from, to] = plain_pipe();
    auto listing = or_throw(windpipe::pipe_reader::adopt(std::move(from)));
    foreign_child child(child_program("list_handles"), {}, {.in = in, .out = to.get()});
    to.reset();
    std::string text;
    or_throw(listing.read_to_end(text));
    EXPECT_EQ(child.wait(), 0);
    EXPECT_FALSE(text.empty());
    return text;
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S2_a_pipe_joins_this_process_to_another) {
    auto there = this->make();
    auto back = this->make();
    foreign_child cat(child_program("cat"), {},
                      {.in = there.reader.native_handle(), .out = back.writer.native_handle()});
    there.reader.close();
    back.writer.close();
    constexpr std::size_t size = 500'000;
    std::thread feeder([&] {
        EXPECT_OK(there.writer.write(pattern(size)));
        there.writer.close();
    });
    std::vector<std::byte> all;
    EXPECT_VALUE(back.reader.read_to_end(all), size);
    feeder.join();
    EXPECT_EQ(pattern_difference(all), std::nullopt);
    EXPECT_EQ(cat.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S2_a_pipe_joins_two_other_processes) {
    auto between = this->make();
    auto result = this->make();
    foreign_child producer(child_program("flood"), {"300000", "0"}, {.out = between.writer.native_handle()});
    foreign_child consumer(child_program("check_pattern"), {},
                           {.in = between.reader.native_handle(), .out = result.writer.native_handle()});
    between.reader.close();
    between.writer.close();
    result.writer.close();
    std::string text;
    EXPECT_OK(result.reader.read_to_end(text));
    EXPECT_EQ(text, "300000 ok\n");
    EXPECT_EQ(producer.wait(), 0);
    EXPECT_EQ(consumer.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S3_a_child_gets_no_end_unasked) {
    auto [reader, writer] = this->make();
    auto duplicate = or_throw(writer.duplicate());
    auto [null_in, unused] = plain_pipe();
    const std::string handles = handles_of_a_child(null_in.get());
    EXPECT_EQ(handles.find(identity(reader.native_handle())), std::string::npos) << handles;
    EXPECT_EQ(handles.find(identity(writer.native_handle())), std::string::npos) << handles;
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S3_a_child_gets_the_end_that_is_asked_for_and_not_the_other) {
    auto [reader, writer] = this->make();
    const std::string handles = handles_of_a_child(reader.native_handle());
    const std::string wanted = identity(reader.native_handle());
    const auto first = handles.find(wanted);
    EXPECT_NE(first, std::string::npos) << handles;
    EXPECT_EQ(handles.find(wanted, first + 1), std::string::npos) << "more than one handle: " << handles;
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S3_the_end_of_stream_comes_although_a_child_was_started_meanwhile) {
    auto [reader, writer] = this->make();
    auto [from, to] = plain_pipe();
    foreign_child bystander(child_program("hold_open"), {"quietly"}, {.in = from.get()});
    writer.close();
    EXPECT_VALUE(read_text(reader, 1), ""); // hangs when the bystander holds a copy of the write end
    to.reset();
    EXPECT_EQ(bystander.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S4_a_write_end_can_be_given_to_a_process_that_did_not_inherit_it) {
    auto [reader, writer] = this->make();
    stranger other("write");
    other.send(writer.native_handle());
    writer.close();
    std::string text;
    EXPECT_OK(reader.read_to_end(text));
    EXPECT_EQ(text, "from an unrelated process");
    EXPECT_EQ(other.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S4_a_read_end_can_be_given_to_a_process_that_did_not_inherit_it) {
    auto [reader, writer] = this->make();
    auto answer = this->make();
    stranger other("read", answer.writer.native_handle());
    answer.writer.close();
    other.send(reader.native_handle());
    reader.close();
    ASSERT_OK(writer.write("to an unrelated process"));
    writer.close();
    std::string text;
    EXPECT_OK(answer.reader.read_to_end(text));
    EXPECT_EQ(text, "to an unrelated process");
    EXPECT_EQ(other.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S9_a_process_that_exits_closes_its_write_end) {
    auto [reader, writer] = this->make();
    foreign_child child(child_program("flood"), {"1000", "0"}, {.out = writer.native_handle()});
    writer.close();
    expect_pattern(reader, 1000);
    EXPECT_VALUE(read_text(reader, 1), "");
    EXPECT_EQ(child.wait(), 0);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S9_a_process_that_is_killed_closes_its_write_end) {
    auto [reader, writer] = this->make();
    foreign_child child(child_program("sleep_forever"), {}, {.out = writer.native_handle()});
    writer.close();
    EXPECT_FAILS(read_text(reader, 1, at_once()), timed_out);
    windpipe::result<std::string> got = "not read";
    observed_thread thread([&] { got = read_text(reader, 1); });
    ASSERT_TRUE(thread.wait_until_blocked());
    child.kill();
    thread.join();
    EXPECT_VALUE(got, "");
    EXPECT_EQ(child.wait(), -9);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S9_a_process_that_is_killed_closes_its_read_end) {
    auto [reader, writer] = this->make();
    foreign_child child(child_program("sleep_forever"), {}, {.in = reader.native_handle()});
    reader.close();
    fill(writer);
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write("x"); });
    ASSERT_TRUE(thread.wait_until_blocked());
    child.kill();
    thread.join();
    EXPECT_FAILS(outcome, broken_pipe);
    EXPECT_EQ(child.wait(), -9);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S9_a_process_that_lives_on_can_close_its_end_first) {
    auto [reader, writer] = this->make();
    auto [from, to] = plain_pipe();
    foreign_child child(child_program("close_stdout_early"), {},
                        {.in = from.get(), .out = writer.native_handle(), .err = to.get()});
    // Its stdin is a pipe whose write end is its own stderr and ours: it lives until both are closed.
    writer.close();
    std::string text;
    EXPECT_OK(reader.read_to_end(text));
    EXPECT_EQ(text, "before\n");
    child.kill();
    EXPECT_EQ(child.wait(), -9);
}

SIZED_SYSTEM_PIPE_TEST(statements_processes, S9_our_own_copy_keeps_the_stream_open_after_the_child_is_gone) {
    auto [reader, writer] = this->make();
    foreign_child child(child_program("flood"), {"10", "0"}, {.out = writer.native_handle()});
    expect_pattern(reader, 10);
    EXPECT_EQ(child.wait(), 0);
    EXPECT_FAILS(read_text(reader, 1, at_once()), timed_out);
    writer.close();
    EXPECT_VALUE(read_text(reader, 1), "");
}

} // namespace
} // namespace windpipe_test
