// Lines from real pipes, and of both outputs of a real child.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/threads.hpp"

#include <windpipe/windpipe.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windpipe_test {
namespace {

using windpipe::line;
using windpipe::line_end;
using windpipe::line_reader;
using windpipe::long_lines;
using windpipe::or_throw;
using windpipe::output_stream;
using windpipe::run;

/// The next line as text; "none" at the end of the stream.
template <class Reader>
windpipe::result<std::string> next_text(Reader& reader, const windpipe::wait_limit& limit = {}) {
    auto found = reader.next(limit);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    return std::string(*found ? (*found)->text : "none");
}

PIPE_TEST(lined, lines_of_any_length_arrive_whole_and_in_order) {
    auto [reader_end, writer] = this->make();
    const auto text = [](std::size_t i) { return std::to_string(i) + std::string(i * 37 % 9000, 'x'); };
    observed_thread sender([&, end = std::move(writer)]() mutable {
        for (std::size_t i = 0; i < 500; ++i) {
            ASSERT_OK(end.write(text(i) + (i % 2 == 0 ? "\n" : "\r\n")));
        }
        EXPECT_OK(end.write("last"));
    });
    line_reader reader(std::move(reader_end));
    for (std::size_t i = 0; i < 500; ++i) {
        ASSERT_EQ(next_text(reader).value_or("failed"), text(i));
    }
    const auto last = or_throw(reader.next());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->text, "last");
    EXPECT_EQ(last->end, line_end::stream);
    EXPECT_VALUE(next_text(reader), "none");
    EXPECT_VALUE(next_text(reader), "none");
}

PIPE_TEST(lined, a_deadline_within_a_line_keeps_what_has_come_of_it) {
    auto [reader_end, writer] = this->make();
    line_reader reader(std::move(reader_end));
    for (const std::string_view part : {"first", " part", "\n"}) {
        EXPECT_FAILS(reader.next(at_once()), timed_out);
        ASSERT_OK(writer.write(part));
    }
    EXPECT_VALUE(next_text(reader), "first part");
    EXPECT_FAILS(reader.next(at_once()), timed_out);
}

PIPE_TEST(lined, a_line_over_the_limit_is_refused_or_cut) {
    for (const long_lines policy : {long_lines::refuse, long_lines::cut}) {
        auto [reader_end, writer] = this->make();
        ASSERT_OK(writer.write("12345\n"));
        line_reader reader(std::move(reader_end), {.most = 4, .too_long = policy});
        if (policy == long_lines::refuse) {
            EXPECT_FAILS(reader.next(), message_size);
            EXPECT_EQ(text_of(reader.buffered()), "12345\n");
        } else {
            EXPECT_VALUE(next_text(reader), "1234");
            EXPECT_VALUE(next_text(reader), "5");
        }
    }
}

/// What on_line was told, as "out: text" and "err: text"; with '+' where a line goes on, '.' where the stream ends it.
struct heard_lines {
    std::vector<std::string> all;

    void operator()(output_stream which, const line& heard) {
        constexpr std::string_view marks[] = {"", ".", "+"};
        all.push_back((which == output_stream::out ? "out: " : "err: ") + std::string(heard.text) +
                      std::string(marks[static_cast<int>(heard.end)]));
    }
};

TEST(lines_of_a_child, of_both_outputs_come_with_their_stream) {
    heard_lines heard;
    const auto done = run(child_command("two_voices", "one\ntwo\r\n\nthree", "wrong\n"), {.on_line = std::ref(heard)});
    ASSERT_OK(done);
    std::vector<std::string> out;
    std::vector<std::string> err;
    for (const std::string& each : heard.all) {
        (each.starts_with("out") ? out : err).push_back(each);
    }
    EXPECT_EQ(out, (std::vector<std::string>{"out: one", "out: two", "out: ", "out: three."}));
    EXPECT_EQ(err, (std::vector<std::string>{"err: wrong"}));
    EXPECT_EQ(done->out.head, "one\ntwo\r\n\nthree") << "captured all the same";
}

TEST(lines_of_a_child, through_one_pipe_are_in_the_order_in_which_it_wrote) {
    heard_lines heard;
    ASSERT_OK(run(child_command("two_voices", "one\nt", "wo\nthree\n").err(windpipe::with_stdout),
                  {.on_line = std::ref(heard)}));
    EXPECT_EQ(heard.all, (std::vector<std::string>{"out: one", "out: two", "out: three"}));
}

TEST(lines_of_a_child, come_while_it_runs) {
    std::stop_source enough; // requested by what is heard: the child itself never ends
    heard_lines heard;
    const auto done = run(child_command("hold_open", "ever"), {.on_line =
                                                                   [&](output_stream which, const line& text) {
                                                                       heard(which, text);
                                                                       enough.request_stop();
                                                                   },
                                                               .limit = {.stop = enough.get_token()}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, windpipe::ended_by::canceled);
    EXPECT_EQ(heard.all, (std::vector<std::string>{"out: ready"}));
}

TEST(lines_of_a_child, that_are_too_long_are_refused_or_cut) {
    heard_lines heard;
    const expect_nothing_leaked watch;
    EXPECT_FAILS(
        run(child_command("two_voices", "1234\n12345\n", ""), {.on_line = std::ref(heard), .lines = {.most = 4}}),
        message_size);
    EXPECT_EQ(heard.all, (std::vector<std::string>{"out: 1234"}));
    heard.all.clear();
    EXPECT_OK(run(child_command("two_voices", "123456789", ""),
                  {.on_line = std::ref(heard), .lines = {.most = 4, .too_long = long_lines::cut}}));
    EXPECT_EQ(heard.all, (std::vector<std::string>{"out: 1234+", "out: 5678+", "out: 9."}));
}

TEST(lines_of_a_child, are_all_there_when_there_are_many) {
    std::string input;
    for (int i = 0; i < 50'000; ++i) {
        input += "line " + std::to_string(i) + "\n";
    }
    std::size_t out = 0;
    std::size_t err = 0;
    const auto done = run(
        child_command("cat_both"),
        {.input = input, .out = {.head = 0}, .err = {.head = 0}, .on_line = [&](output_stream which, const line& text) {
             std::size_t& next = which == output_stream::out ? out : err;
             EXPECT_EQ(text.text, "line " + std::to_string(next));
             ++next;
         }});
    ASSERT_OK(done);
    EXPECT_EQ(out, 50'000U);
    EXPECT_EQ(err, 50'000U);
}

} // namespace
} // namespace windpipe_test
