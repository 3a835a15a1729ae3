// Every system call of offering and redeeming fails once; and what strangers on either side may do to an offer.
#include "each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"
#include "support/native.hpp"

#include "offer_words.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::offer;
using windpipe::offer_token;
using windpipe::or_throw;
using windpipe::redeem_writer;
using windpipe::wait_limit;
using windpipe::offer_words::of;
using windpipe::offer_words::word;
namespace platform = windpipe::platform;

// ---- failures

void expect_through(windpipe::pipe_reader& from, windpipe::pipe_writer to) {
    or_throw(to.write("through"));
    to.close();
    std::string got;
    or_throw(from.read_to_end(got));
    EXPECT_EQ(got, "through");
}

void offer_and_redeem() {
    auto ends = or_throw(windpipe::make_pipe());
    const auto offered = or_throw(offer::make(std::move(ends.writer)));
    expect_through(ends.reader, or_throw(redeem_writer(offered.token())));
    EXPECT_NE(or_throw(offered.wait()), 0U);
}

TEST(offer_faults, are_errors_that_leave_nothing_behind) {
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(offer_and_redeem, code);
    }
}

void offer_and_redeem_a_ring() {
    auto ends = or_throw(windpipe::make_ring({.capacity = 65536}));
    const auto offered = or_throw(offer::make(std::move(ends.writer)));
    auto writer = or_throw(windpipe::redeem_ring_writer(offered.token()));
    or_throw(writer.write("through"));
    writer.close();
    std::string got;
    or_throw(ends.reader.read_to_end(got));
    EXPECT_EQ(got, "through");
}

/// With one error only: what others do is seen above, and under Wine each takes ten seconds.
TEST(offer_faults, of_a_ring_are_errors_that_leave_nothing_behind) {
    fail_each_call(offer_and_redeem_a_ring, usual_codes().front());
}

TEST(offer_faults, that_are_interruptions_are_not_noticed) {
    if (!can_be_interrupted("sendmsg")) {
        GTEST_SKIP() << "no call can be interrupted here";
    }
    interrupt_each_call(offer_and_redeem);
}

TEST(offer_faults, leave_an_end_to_be_offered_again) {
    for (const int code : usual_codes()) {
        bool injected_one = true;
        for (std::size_t n = 1; injected_one; ++n) {
            const expect_nothing_leaked watch;
            auto ends = or_throw(windpipe::make_pipe());
            fail_nth(n, code);
            auto offered = offer::make(std::move(ends.writer));
            const bool refused = !offered;
            injected_one = injected() > 0 && n < 100; // a thread that serves goes on making calls
            none();
            if (refused) {
                EXPECT_TRUE(ends.writer.is_open()) << "call " << n; // NOLINT(bugprone-use-after-move): that is the test
                offered = offer::make(std::move(ends.writer));
            }
            expect_through(ends.reader, or_throw(redeem_writer(or_throw(std::move(offered)).token())));
        }
    }
}

// ---- strangers

/// A pipe whose write end is offered; and a visitor who knows the token.
class offer_here : public testing::Test {
protected:
    platform::conversation visit() {
        windpipe::interruption interrupted(limit);
        return or_throw(platform::visit(offer_name(token), interrupted));
    }
    void say(const platform::conversation& with, platform::message what) {
        windpipe::interruption interrupted(limit);
        or_throw(platform::say(with, what, windpipe::no_handle, interrupted));
    }
    platform::heard listen(const platform::conversation& with) {
        windpipe::interruption interrupted(limit);
        return or_throw(platform::listen(with, interrupted));
    }
    platform::message request() {
        platform::message what = of(word::redeem);
        std::ranges::copy(token.secret, windpipe::offer_words::secret_in(what).begin());
        return what;
    }
    void expect_it_stands() { expect_through(ends.reader, or_throw(redeem_writer(offered.token()))); }

    windpipe::pipe_ends ends = or_throw(windpipe::make_pipe());
    offer offered = or_throw(offer::make(std::move(ends.writer)));
    offer_token token = or_throw(windpipe::decode_token(offered.token()));
    wait_limit limit;
};

TEST_F(offer_here, stands_after_wrong_secrets) {
    for (const std::size_t place : {0U, 7U, 15U}) {
        offer_token wrong = token;
        wrong.secret.at(place) ^= std::byte{1};
        EXPECT_TRUE(failed(redeem_writer(encode_token(wrong)), "redeem", std::errc::permission_denied));
    }
    expect_it_stands();
}

TEST_F(offer_here, is_not_kept_by_a_visitor_who_says_nothing) {
    const auto silent = visit();
    expect_it_stands();
}

TEST_F(offer_here, is_not_kept_by_visitors_who_hang_up) {
    for (int i = 0; i < 20; ++i) {
        (void)visit();
    }
    say(visit(), request());
    expect_it_stands();
}

TEST_F(offer_here, is_not_kept_by_one_who_talks_nonsense) {
    const auto visitor = visit();
    say(visitor, of(word::taken));
    const auto other = visit();
    say(other, of(static_cast<word>(200)));
    expect_it_stands();
}

TEST_F(offer_here, stands_when_a_visitor_dies_with_the_end_in_his_hand) {
    {
        const auto visitor = visit();
        say(visitor, request());
        EXPECT_TRUE(listen(visitor).end);
    }
    expect_it_stands();
}

TEST_F(offer_here, takes_the_end_back_from_one_who_does_not_say_that_he_has_it) {
    const auto visitor = visit();
    say(visitor, request());
    EXPECT_TRUE(listen(visitor).end); // and closed
    expect_it_stands();
}

TEST_F(offer_here, that_goes_while_a_visitor_is_there_does_not_wait_for_him) {
    const auto visitor = visit();
    say(visitor, request());
    EXPECT_TRUE(listen(visitor).end);
    offered = or_throw(offer::make(std::move(ends.reader)));
    windpipe::interruption interrupted(limit);
    EXPECT_FAILS(platform::listen(visitor, interrupted), connection_reset);
}

TEST(offer_of_strangers, cannot_keep_the_redeemer_longer_than_he_wants) {
    offer_token token{.writes = true};
    or_throw(platform::random_bytes(token.name));
    const auto meeting = or_throw(platform::open_meeting(offer_name(token)));
    const std::string text = encode_token(token);
    EXPECT_TRUE(failed(redeem_writer(text, {.until = 2ms}), "redeem", std::errc::timed_out));
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    EXPECT_TRUE(failed(redeem_writer(text, {.stop = source.get_token()}), "redeem", std::errc::operation_canceled));
}

/// Somebody who has opened a meeting, and answers each of his visitors as he likes.
class false_offerer {
public:
    template <class Answer>
    false_offerer(const std::string& name, int visitors, Answer answer)
        : meeting_(or_throw(platform::open_meeting(name))), thread_([this, name, visitors, answer] {
              for (int i = 0; i < visitors; ++i) {
                  const wait_limit limit;
                  windpipe::interruption interrupted(limit);
                  const auto visitor = or_throw(platform::next_visitor(meeting_, name, interrupted));
                  (void)or_throw(platform::listen(visitor, interrupted));
                  answer(visitor, interrupted);
              }
          }) {}

private:
    windpipe::unique_handle meeting_;
    std::jthread thread_;
};

TEST(offer_of_strangers, that_is_no_end_of_a_pipe_is_refused) {
    const expect_nothing_leaked watch;
    const auto file = scratch_file();
    auto ends = or_throw(windpipe::make_pipe());
    for (const auto handle : {file.get(), ends.reader.native_handle(), windpipe::no_handle}) {
        offer_token token{.writes = true};
        or_throw(platform::random_bytes(token.name));
        const false_offerer other(offer_name(token), 1, [&](const auto& visitor, auto& interrupted) {
            or_throw(platform::say(visitor, of(word::given), handle, interrupted));
            EXPECT_FALSE(platform::listen(visitor, interrupted));
        });
        EXPECT_TRUE(failed(redeem_writer(encode_token(token)), "redeem", std::errc::protocol_error));
    }
}

TEST(offer_of_strangers, that_is_not_confirmed_gives_no_end) {
    const expect_nothing_leaked watch;
    auto ends = or_throw(windpipe::make_pipe());
    offer_token token{.writes = true};
    or_throw(platform::random_bytes(token.name));
    {
        const false_offerer other(offer_name(token), 3, [&](const auto& visitor, auto& interrupted) {
            or_throw(platform::say(visitor, of(word::given), ends.writer.native_handle(), interrupted));
            (void)or_throw(platform::listen(visitor, interrupted));
        });
        EXPECT_TRUE(failed(redeem_writer(encode_token(token)), "redeem", std::errc::connection_reset));
    }
    ends.writer.close();
    EXPECT_EQ(rest_of(ends.reader), "");
}

} // namespace

} // namespace windpipe_test::faults
