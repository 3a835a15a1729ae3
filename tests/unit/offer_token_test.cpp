// The text by which an offered end is redeemed.
#include "core/offer_token.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <system_error>

namespace {

using windpipe::decode_token;
using windpipe::encode_token;
using windpipe::offer_token;

offer_token example(bool writes) {
    offer_token token{.writes = writes};
    unsigned value = 0;
    for (auto* const part : {token.name.data(), token.secret.data()}) {
        const std::size_t size = part == token.name.data() ? token.name.size() : token.secret.size();
        for (std::size_t i = 0; i < size; ++i) {
            part[i] = static_cast<std::byte>(value += 37);
        }
    }
    return token;
}

std::string refusal(std::string_view text) {
    const auto token = decode_token(text);
    if (token) {
        return "none";
    }
    EXPECT_EQ(token.error().code, std::errc::bad_message);
    return token.error().context;
}

TEST(offer_token, comes_back) {
    for (const bool writes : {false, true}) {
        const std::string text = encode_token(example(writes));
        EXPECT_EQ(text.size(), 44U);
        EXPECT_EQ(text.substr(0, 4), writes ? "wp1w" : "wp1r");
        const auto token = decode_token(text);
        ASSERT_TRUE(token);
        EXPECT_TRUE(*token == example(writes));
    }
}

TEST(offer_token, is_written_as_it_always_was) {
    EXPECT_EQ(encode_token(offer_token{}), "wp1raaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacp2m");
    EXPECT_EQ(encode_token(example(true)), "wp1wevfg7ffz3ybsqtlss66ocbrlkb2zvp7ebexppxp3");
}

TEST(offer_token, that_was_changed_in_one_place_is_refused) {
    const std::string text = encode_token(example(false));
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : std::string("abcdefghijklmnopqrstuvwxyz0123456789 A-=\n")) {
            std::string changed = text;
            changed[i] = c;
            EXPECT_TRUE(changed == text || !decode_token(changed)) << changed;
        }
    }
}

TEST(offer_token, of_which_two_neighbours_have_changed_places_is_refused) {
    const std::string text = encode_token(example(true));
    for (std::size_t i = 1; i < text.size(); ++i) {
        std::string changed = text;
        std::swap(changed[i - 1], changed[i]);
        EXPECT_TRUE(changed == text || !decode_token(changed)) << changed;
    }
}

TEST(offer_token, says_what_is_wrong_with_it) {
    const std::string text = encode_token(example(false));
    EXPECT_EQ(refusal(""), "this is no token of an offer");
    EXPECT_EQ(refusal("a token"), "this is no token of an offer");
    for (std::size_t size = 2; size < text.size(); ++size) {
        EXPECT_EQ(refusal(text.substr(0, size)), "the token is cut off: " + std::to_string(size) + " of 44 characters");
    }
    EXPECT_EQ(refusal("wp2" + text.substr(3)), "this is no token of an offer, or one of another version of windpipe");
    EXPECT_EQ(refusal(text + "a"), "the token has been changed on its way");
    EXPECT_EQ(refusal(text.substr(0, 43) + "0"), "the token has been changed on its way");
}

TEST(offer_token, has_a_name_that_says_nothing_of_its_secret) {
    offer_token one = example(false);
    const std::string name = windpipe::offer_name(one);
    EXPECT_EQ(name.size(), 10U);
    one.secret = {};
    one.writes = true;
    EXPECT_EQ(windpipe::offer_name(one), name);
    one.name[0] ^= std::byte{1};
    EXPECT_NE(windpipe::offer_name(one), name);
}

TEST(offer_token, has_a_secret_that_is_compared_as_a_whole) {
    const auto secret = example(false).secret;
    EXPECT_TRUE(windpipe::same_secret(secret, secret));
    for (std::size_t i = 0; i < secret.size(); ++i) {
        auto other = secret;
        other[i] ^= std::byte{0x80};
        EXPECT_FALSE(windpipe::same_secret(secret, other)) << i;
    }
    EXPECT_FALSE(windpipe::same_secret(secret, std::span(secret).first(15)));
}

} // namespace
