// Swaps, cycles and our own streams: what a child gets does not depend on the order in which its streams are set up.
//
// The tests let a helper, itself started with streams of our choice, start the child (programs/redirector.cpp).
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace windpipe_test;
using windpipe::null;
using windpipe::piped;

struct outputs {
    std::string out;
    std::string err;
};

/// What comes out of the redirector's two outputs when its grandchild says "O" to stdout and "E" to stderr.
outputs of_redirector(std::string_view out, std::string_view err) {
    auto child =
        windpipe::command(child_program("redirector"), "inherit", out, err, child_program("two_voices"), "O", "E")
            .in(null)
            .out(piped)
            .err(piped)
            .spawn();
    if (!child) {
        ADD_FAILURE() << child.error().message();
        return {};
    }
    outputs got{rest_of(child->out), rest_of(child->err)};
    EXPECT_TRUE(exited_with(child->wait(), 0)) << got.err;
    return got;
}

TEST(command_order, inherited_streams_are_ours) {
    const outputs got = of_redirector("inherit", "inherit");
    EXPECT_EQ(got.out, "O");
    EXPECT_EQ(got.err, "E");
}

TEST(command_order, out_and_err_can_be_swapped) {
    const outputs got = of_redirector("our_stderr", "our_stdout");
    EXPECT_EQ(got.out, "E");
    EXPECT_EQ(got.err, "O");
}

TEST(command_order, both_can_go_to_one_of_ours) {
    EXPECT_EQ(of_redirector("our_stderr", "our_stderr").out, "");
    EXPECT_EQ(of_redirector("our_stderr", "our_stderr").err.size(), 2U);
    EXPECT_EQ(of_redirector("our_stdout", "our_stdout").out.size(), 2U);
    EXPECT_EQ(of_redirector("inherit", "our_stdout").out.size(), 2U);
    EXPECT_EQ(of_redirector("our_stderr", "inherit").err.size(), 2U);
}

TEST(command_order, with_stdout_follows_out_wherever_it_goes) {
    EXPECT_EQ(of_redirector("inherit", "with_stdout").out.size(), 2U);
    EXPECT_EQ(of_redirector("our_stderr", "with_stdout").err.size(), 2U);
    const outputs nowhere = of_redirector("null", "with_stdout");
    EXPECT_EQ(nowhere.out + nowhere.err, "");
}

TEST(command_order, our_streams_given_as_their_own_stay_in_place) {
    const outputs got = of_redirector("our_stdout", "our_stderr");
    EXPECT_EQ(got.out, "O");
    EXPECT_EQ(got.err, "E");
}

TEST(command_order, one_stream_can_be_null_while_the_other_takes_its_place) {
    const outputs err_moves = of_redirector("null", "our_stdout");
    EXPECT_EQ(err_moves.out, "E");
    EXPECT_EQ(err_moves.err, "");
    const outputs out_moves = of_redirector("our_stderr", "null");
    EXPECT_EQ(out_moves.out, "");
    EXPECT_EQ(out_moves.err, "O");
}

} // namespace
