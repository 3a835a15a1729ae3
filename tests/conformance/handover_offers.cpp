// S4: ends offered to processes that did not inherit them: redeemed once, by who has the token, and by nobody else.
#include "helpers/processes.hpp"
#include "pipe_tools.hpp"

#include "support/native.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::make_pipe;
using windpipe::offer;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::redeem_reader;
using windpipe::redeem_writer;

/// A pipe of which one end is offered.
class handover_offers : public testing::Test {
protected:
    windpipe::pipe_ends ends = or_throw(make_pipe());

    offer offer_writer() { return or_throw(offer::make(std::move(ends.writer))); }
    offer offer_reader() { return or_throw(offer::make(std::move(ends.reader))); }
};

/// A process that runs already, to be told a token.
windpipe::child redeemer(std::string_view end) {
    return or_throw(child_command("redeem_end", end).in(piped).out(piped).err(piped).spawn());
}

void tell(windpipe::child& who, const offer& what) {
    ASSERT_OK(who.in.write(what.token() + "\n"));
    who.in.close();
}

TEST_F(handover_offers, S4_a_write_end_is_redeemed_by_a_process_that_runs_already) {
    auto other = redeemer("writer");
    const auto offered = offer_writer();
    tell(other, offered);
    EXPECT_EQ(rest_of(ends.reader), "from an unrelated process");
    EXPECT_VALUE(offered.wait(), other.pid());
    EXPECT_TRUE(exited_with(other.wait(), 0)) << rest_of(other.err);
}

TEST_F(handover_offers, S4_a_read_end_is_redeemed_by_a_process_that_runs_already) {
    auto other = redeemer("reader");
    const auto offered = offer_reader();
    ASSERT_OK(ends.writer.write("before and "));
    tell(other, offered);
    EXPECT_VALUE(offered.wait(), other.pid());
    ASSERT_OK(ends.writer.write("after"));
    ends.writer.close();
    EXPECT_EQ(rest_of(other.out), "before and after");
    EXPECT_TRUE(exited_with(other.wait(), 0)) << rest_of(other.err);
}

TEST_F(handover_offers, S4_the_token_may_travel_from_the_child_to_its_parent) {
    auto other = or_throw(child_command("offer_end").out(piped).spawn());
    auto writer = redeem_writer(line_of(other.out));
    ASSERT_OK(writer);
    EXPECT_EQ(line_of(other.out), "redeemed\n");
    ASSERT_OK(writer->write("to the child"));
    writer->close();
    EXPECT_EQ(rest_of(other.out), "to the child");
    EXPECT_TRUE(exited_with(other.wait(), 0));
}

TEST_F(handover_offers, S4_the_offerer_has_no_copy_of_an_end_that_was_redeemed) {
    const auto offered = offer_writer();
    auto writer = or_throw(redeem_writer(offered.token()));
    ASSERT_OK(writer.write("x"));
    writer.close();
    EXPECT_EQ(rest_of(ends.reader), "x") << "and the stream ends while the offer is still there";
    EXPECT_OK(offered.wait());
}

TEST_F(handover_offers, a_redeemed_end_is_private_and_keeps_its_kind) {
    const auto offered = offer_reader();
    const auto reader = or_throw(redeem_reader(offered.token()));
    EXPECT_FALSE(is_inheritable(reader.native_handle()));
    EXPECT_TRUE(is_synchronous(reader.native_handle()));
}

TEST_F(handover_offers, an_end_is_redeemed_once) {
    const auto offered = offer_writer();
    auto writer = redeem_writer(offered.token());
    ASSERT_OK(writer);
    EXPECT_TRUE(failed(redeem_writer(offered.token()), "redeem", std::errc::already_connected));
    EXPECT_TRUE(failed(redeem_writer(offered.token()), "redeem", std::errc::already_connected));
    ASSERT_OK(writer->write("x"));
}

TEST_F(handover_offers, of_many_who_try_one_gets_the_end) {
    constexpr int count = 8;
    const auto offered = offer_writer();
    std::atomic<int> got = 0;
    std::atomic<int> late = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < count; ++i) {
            all.emplace_back([&] {
                auto writer = redeem_writer(offered.token());
                if (writer) {
                    ++got;
                    EXPECT_OK(writer->write("mine"));
                } else {
                    EXPECT_TRUE(failed(writer, "redeem", std::errc::already_connected));
                    ++late;
                }
            });
        }
    }
    EXPECT_EQ(got, 1);
    EXPECT_EQ(late, count - 1);
    EXPECT_EQ(rest_of(ends.reader), "mine");
}

TEST_F(handover_offers, of_many_at_once_each_has_its_own_token) {
    constexpr std::size_t count = 20;
    std::vector<windpipe::pipe_reader> readers;
    std::vector<offer> offers;
    for (std::size_t i = 0; i < count; ++i) {
        auto pipe = or_throw(make_pipe());
        readers.push_back(std::move(pipe.reader));
        offers.push_back(or_throw(offer::make(std::move(pipe.writer))));
    }
    for (std::size_t i = count; i-- > 0;) {
        auto writer = redeem_writer(offers[i].token());
        ASSERT_OK(writer);
        ASSERT_OK(writer->write(std::to_string(i)));
    }
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(rest_of(readers[i]), std::to_string(i));
    }
}

TEST_F(handover_offers, a_token_of_the_other_direction_is_refused_and_stands) {
    const auto offered = offer_writer();
    EXPECT_TRUE(failed(redeem_reader(offered.token()), "redeem", std::errc::invalid_argument));
    EXPECT_OK(redeem_writer(offered.token()));
}

TEST_F(handover_offers, a_token_is_one_word_and_space_around_it_does_not_count) {
    const auto offered = offer_writer();
    const std::string token = offered.token();
    EXPECT_TRUE(std::ranges::all_of(token, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }))
        << token;
    EXPECT_OK(redeem_writer(" \t" + token + "\r\n"));
}

TEST_F(handover_offers, text_that_is_no_token_or_not_all_of_it_is_refused) {
    const auto offered = offer_writer();
    const std::string token = offered.token();
    std::string other = token;
    other.back() = other.back() == 'a' ? 'b' : 'a';
    for (const std::string& text : {std::string(), std::string("token"), std::string(44, 'w'), token.substr(1),
                                    token.substr(0, token.size() - 1), token + "a", token + token, other}) {
        EXPECT_TRUE(failed(redeem_writer(text), "redeem", std::errc::bad_message)) << text;
    }
    EXPECT_OK(redeem_writer(token));
}

TEST_F(handover_offers, that_was_withdrawn_is_not_there_and_its_end_is_closed) {
    std::string token;
    {
        const auto offered = offer_writer();
        token = offered.token();
    }
    EXPECT_EQ(rest_of(ends.reader), "");
    EXPECT_TRUE(failed(redeem_writer(token), "redeem", std::errc::no_such_file_or_directory));
}

TEST_F(handover_offers, of_a_process_that_was_killed_is_not_there) {
    auto other = or_throw(child_command("offer_end").out(piped).spawn());
    const std::string token = line_of(other.out);
    ASSERT_OK(other.kill());
    ASSERT_OK(other.wait());
    EXPECT_TRUE(failed(redeem_writer(token), "redeem", std::errc::no_such_file_or_directory));
}

TEST_F(handover_offers, whose_time_is_over_says_so_to_both_sides_and_its_end_is_closed) {
    const auto offered = or_throw(offer::make(std::move(ends.writer), {.valid_for = 1ms}));
    EXPECT_TRUE(failed(offered.wait(), "wait", std::errc::identifier_removed));
    EXPECT_TRUE(failed(redeem_writer(offered.token()), "redeem", std::errc::identifier_removed));
    EXPECT_EQ(rest_of(ends.reader), "");
}

TEST_F(handover_offers, that_never_were_valid_are_over_at_once) {
    const auto offered = or_throw(offer::make(std::move(ends.writer), {.valid_for = -1h}));
    EXPECT_TRUE(failed(redeem_writer(offered.token()), "redeem", std::errc::identifier_removed));
}

TEST_F(handover_offers, a_wait_for_the_redeemer_has_a_way_out_and_the_offer_stands) {
    const auto offered = offer_writer();
    EXPECT_TRUE(failed(offered.wait(at_once()), "wait", std::errc::timed_out));
    EXPECT_TRUE(failed(offered.wait({.until = 2ms}), "wait", std::errc::timed_out));
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    EXPECT_TRUE(failed(offered.wait({.stop = source.get_token()}), "wait", std::errc::operation_canceled));
    EXPECT_OK(redeem_writer(offered.token()));
}

TEST_F(handover_offers, a_closed_end_cannot_be_offered) {
    EXPECT_TRUE(failed(offer::make(windpipe::pipe_reader()), "offer", std::errc::bad_file_descriptor));
}

TEST_F(handover_offers, can_be_moved) {
    auto first = offer_writer();
    const std::string token = first.token();
    offer second = std::move(first);
    EXPECT_EQ(first.token(), ""); // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_TRUE(failed(first.wait(), "wait", std::errc::bad_file_descriptor));
    EXPECT_EQ(second.token(), token);
    EXPECT_OK(redeem_writer(token));
    auto other = or_throw(make_pipe());
    second = or_throw(offer::make(std::move(other.reader)));
    EXPECT_TRUE(failed(redeem_writer(token), "redeem", std::errc::no_such_file_or_directory));
    EXPECT_OK(redeem_reader(second.token()));
}

} // namespace
