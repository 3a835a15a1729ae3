// Standard streams over ends: what the standard promises, failures included.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/threads.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::pipe_istream;
using windpipe::pipe_ostream;

/// A failed call of the stream, as a result.
template <class Stream>
windpipe::result<void> failure_of(const Stream& stream) {
    return stream.last_error() ? windpipe::result<void>(std::unexpected(*stream.last_error()))
                               : windpipe::result<void>();
}

SYSTEM_PIPE_TEST(streamed, values_and_lines_come_out_as_they_went_in) {
    auto [reader, writer] = this->make();
    pipe_ostream out(std::move(writer));
    out << 42 << ' ' << 2.5 << " word\na whole line\n" << std::flush;
    EXPECT_TRUE(out.good());
    EXPECT_OK(out.close());
    pipe_istream in(std::move(reader));
    int number = 0;
    double half = 0;
    std::string word;
    std::string line;
    in >> number >> half >> word;
    EXPECT_EQ(number, 42);
    EXPECT_EQ(half, 2.5);
    EXPECT_EQ(word, "word");
    std::getline(in, line);
    EXPECT_TRUE(std::getline(in, line));
    EXPECT_EQ(line, "a whole line");
    EXPECT_FALSE(std::getline(in, line));
    EXPECT_TRUE(in.eof());
    EXPECT_FALSE(in.bad()) << "the end is no failure";
    EXPECT_OK(failure_of(in));
}

SYSTEM_PIPE_TEST(streamed, much_arrives_whole_whatever_the_sizes_of_the_calls) {
    auto [reader, writer] = this->make();
    constexpr std::size_t size = 1'000'000;
    const std::string all = pattern_text(size);
    observed_thread sender([&, end = std::move(writer)]() mutable {
        pipe_ostream out(std::move(end));
        constexpr std::array<std::size_t, 6> sizes{1, 100, 8191, 8192, 8193, 50'000};
        std::size_t done = 0;
        for (std::size_t turn = 0; done < size; ++turn) {
            const std::size_t n = std::min(sizes[turn % sizes.size()], size - done);
            out.write(all.data() + done, static_cast<std::streamsize>(n));
            done += n;
        }
        EXPECT_TRUE(out.good());
    });
    pipe_istream in(std::move(reader));
    const std::string came{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(came == all);
}

SYSTEM_PIPE_TEST(streamed, a_deadline_is_a_bad_stream_that_goes_on_when_cleared) {
    auto [reader, writer] = this->make();
    pipe_istream in(std::move(reader), at_once());
    ASSERT_OK(writer.write("12"));
    int number = 0;
    in >> number;
    EXPECT_TRUE(in.bad());
    EXPECT_FALSE(in.eof()) << "it is not the end";
    EXPECT_FAILS(failure_of(in), timed_out);
    in.clear();
    in.set_limit({});
    ASSERT_OK(writer.write(" 34 "));
    in >> number;
    EXPECT_TRUE(in.good());
    EXPECT_EQ(number, 34) << "the digits that had come were taken by the call that failed";
}

SYSTEM_PIPE_TEST(streamed, a_failure_is_thrown_with_its_whole_message_where_that_is_wanted) {
    auto [reader, writer] = this->make();
    pipe_istream in(std::move(reader), at_once());
    in.exceptions(std::ios_base::badbit);
    try {
        in.get();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const windpipe::failure& thrown) {
        EXPECT_EQ(thrown.code(), std::errc::timed_out);
    }
    EXPECT_TRUE(in.bad());
}

SYSTEM_PIPE_TEST(streamed, nobody_reads_any_more) {
    auto [reader, writer] = this->make();
    reader.close();
    pipe_ostream out(std::move(writer));
    out << "text" << std::flush;
    EXPECT_TRUE(out.bad());
    EXPECT_FAILS(failure_of(out), broken_pipe);
    EXPECT_FAILS(out.close(), broken_pipe);
}

SIZED_SYSTEM_PIPE_TEST(streamed, a_deadline_within_a_flush_neither_loses_nor_repeats) {
    auto [reader, writer] = this->make({.capacity = 4096});
    pipe_ostream out(std::move(writer), at_once());
    const std::string all = pattern_text(500'000);
    std::size_t taken = 0;
    while (taken < all.size() && out.put(all[taken])) {
        ++taken;
    }
    ASSERT_TRUE(out.bad()) << "a pipe that nobody reads took it all";
    EXPECT_FAILS(failure_of(out), timed_out);
    out.clear();
    out.set_limit({});
    observed_thread sender([&] {
        out.write(all.data() + taken, static_cast<std::streamsize>(all.size() - taken));
        EXPECT_TRUE(out.good());
        EXPECT_OK(out.close());
    });
    std::string came;
    EXPECT_OK(reader.read_to_end(came));
    EXPECT_TRUE(came == all);
}

SYSTEM_PIPE_TEST(streamed, the_destructor_sends_the_rest_and_ends_the_stream) {
    auto [reader, writer] = this->make();
    pipe_ostream(std::move(writer)) << "the rest";
    std::string came;
    EXPECT_OK(reader.read_to_end(came));
    EXPECT_EQ(came, "the rest");
}

SYSTEM_PIPE_TEST(streamed, a_byte_can_be_put_back_where_the_buffer_ends_too) {
    auto [reader, writer] = this->make();
    pipe_istream in(std::move(reader));
    ASSERT_OK(writer.write("a"));
    EXPECT_EQ(in.get(), 'a');
    ASSERT_OK(writer.write("b"));
    EXPECT_EQ(in.peek(), 'b');
    in.unget();
    EXPECT_EQ(in.get(), 'a');
    EXPECT_EQ(in.get(), 'b');
    writer.close();
    EXPECT_EQ(in.get(), std::char_traits<char>::eof());
    in.clear();
    in.unget();
    EXPECT_EQ(in.get(), 'b');
}

SYSTEM_PIPE_TEST(streamed, a_moved_one_goes_on_and_the_one_it_was_moved_from_is_bad) {
    auto [reader, writer] = this->make();
    pipe_ostream out(std::move(writer));
    out << "one ";
    pipe_ostream moved_out(std::move(out));
    moved_out << "two" << std::flush;
    EXPECT_TRUE(out.bad()); // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_FALSE(out << "lost");
    EXPECT_FAILS(out.close(), bad_file_descriptor);
    EXPECT_OK(moved_out.close());

    pipe_istream in(std::move(reader));
    std::string word;
    in >> word;
    EXPECT_EQ(word, "one");
    pipe_istream moved_in(std::move(in));
    EXPECT_FALSE(in >> word); // NOLINT(bugprone-use-after-move)
    moved_in >> word;
    EXPECT_EQ(word, "two");
    in = std::move(moved_in);
    EXPECT_TRUE(in.eof()) << "the state comes along";
}

SYSTEM_PIPE_TEST(streamed, an_assignment_sends_the_rest_of_the_one_that_goes) {
    auto [reader, writer] = this->make();
    auto [other_reader, other_writer] = this->make();
    pipe_ostream out(std::move(writer));
    out << "rest";
    out = pipe_ostream(std::move(other_writer));
    EXPECT_VALUE(read_text(reader, 100), "rest");
    EXPECT_VALUE(read_text(reader, 100), "");
    out << "other" << std::flush;
    EXPECT_VALUE(read_text(other_reader, 100), "other");
}

TEST(streams_of_a_child, that_are_tied_need_no_flush) {
    auto child = windpipe::or_throw(child_command("echo_lines").in(windpipe::piped).out(windpipe::piped).spawn());
    pipe_ostream questions(std::move(child.in), {.until = 40s});
    pipe_istream answers(std::move(child.out), {.until = 40s});
    answers.tie(&questions);
    std::string answer;
    for (const std::string question : {"one", "two", "three"}) {
        questions << question << '\n';
        ASSERT_TRUE(std::getline(answers, answer));
        EXPECT_EQ(answer, "you said: " + question);
    }
    EXPECT_OK(questions.close());
    EXPECT_FALSE(std::getline(answers, answer));
    EXPECT_TRUE(answers.eof());
    EXPECT_TRUE(exited_with(child.wait(), 0));
}

} // namespace
} // namespace windpipe_test
