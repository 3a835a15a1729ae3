// offer_words.hpp - what an offerer and its visitor say to each other.
//
// The visitor asks with the secret (redeem); the offerer sends the end (given) or says why not. An end counts as
// redeemed when the visitor has said that it is there (taken). Only then the offerer closes its own copy and says so
// (yours); a visitor who does not hear that drops the end. So whatever fails in between, one of them has it, and the
// offer stands as long as that is the offerer. Only when the very last word is lost, nobody has it.
#pragma once

#include "core/offer_token.hpp"
#include "platform/platform.hpp"

#include <windpipe/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace windpipe::offer_words {

enum class word : unsigned char { redeem = 1, given, taken, yours, wrong_secret, redeemed, expired };

inline platform::message of(word what) noexcept {
    platform::message said{};
    said[0] = static_cast<std::byte>(what);
    return said;
}

inline bool is(const platform::message& said, word what) noexcept { return said[0] == static_cast<std::byte>(what); }

inline std::span<std::byte, std::tuple_size_v<offer_secret>> secret_in(platform::message& said) noexcept {
    return std::span(said).subspan<1, std::tuple_size_v<offer_secret>>();
}

inline std::unexpected<error> failed(std::string_view operation, std::errc why, std::string context) {
    return std::unexpected(error{std::make_error_code(why), operation, std::move(context)});
}

inline constexpr const char* time_is_over = "the time of this offer is over";

} // namespace windpipe::offer_words
