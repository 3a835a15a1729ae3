// offer_token.hpp - the text by which an offered end is redeemed.
//
// "wp1r" or "wp1w" (version 1; which end of a pipe it is; "wp1i" and "wp1o" are the read and the write end of a ring),
// then 25 bytes as 40 letters and digits, in the base 32 of RFC 4648 with small letters: the name of the offer
// (6 bytes), its secret (16), and a check of all that stands before it (3).
#pragma once

#include <windpipe/error.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace windpipe {

using offer_secret = std::array<std::byte, 16>;

struct offer_token {
    bool writes = false;             ///< it is a write end
    std::array<std::byte, 6> name{}; ///< where the offer is found; no secret
    offer_secret secret{};
    bool ring = false; ///< of a ring, not of a pipe

    friend bool operator==(const offer_token&, const offer_token&) noexcept = default;
};

std::string encode_token(const offer_token& token);

/// White space around the text does not count.
///
/// Errors: bad_message, with the reason: no token at all, one of another version, one that was cut off or changed. The
/// check finds each change of a single character, and each two neighbours that have changed places.
result<offer_token> decode_token(std::string_view text);

/// The name of the offer, in letters and digits.
std::string offer_name(const offer_token& token);

/// Takes as long for those that begin alike as for others.
bool same_secret(std::span<const std::byte> one, std::span<const std::byte> other) noexcept;

} // namespace windpipe
