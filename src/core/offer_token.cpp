#include "offer_token.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace windpipe {

namespace {

constexpr std::string_view head = "wp";
constexpr char version = '1';
constexpr std::size_t head_size = 4;             // with the version and the direction
constexpr std::string_view end_letters = "rwio"; // of a pipe, of a ring: read, write
constexpr std::size_t check_size = 3;
constexpr std::size_t name_size = std::tuple_size_v<decltype(offer_token::name)>;
constexpr std::size_t secret_size = std::tuple_size_v<offer_secret>;

using packed = std::array<std::byte, name_size + secret_size + check_size>;
constexpr std::size_t token_size = head_size + std::tuple_size_v<packed> * 8 / 5;

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/// 5 bits to a character: 25 bytes leave none over.
std::string to_text(std::span<const std::byte> bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::byte byte : bytes) {
        bits = (bits << 8U) | std::to_integer<std::uint32_t>(byte);
        for (held += 8; held >= 5; held -= 5) {
            text += alphabet[(bits >> (held - 5)) & 31U];
        }
    }
    if (held > 0) {
        text += alphabet[(bits << (5 - held)) & 31U];
    }
    return text;
}

/// PRE: the text has the length that the bytes take.
bool to_bytes(std::string_view text, packed& bytes) noexcept {
    std::uint32_t bits = 0;
    unsigned held = 0;
    auto* next = bytes.data();
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) {
            return false;
        }
        bits = (bits << 5U) | static_cast<std::uint32_t>(value);
        held += 5;
        if (held >= 8) {
            held -= 8;
            *next++ = static_cast<std::byte>(bits >> held);
        }
    }
    return true;
}

/// CRC-24: it finds every change within 24 bits that follow each other. Source: RFC 4880, 6.1.
std::uint32_t check_of(std::string_view front, std::span<const std::byte> bytes) noexcept {
    std::uint32_t check = 0xb704ce;
    const auto add = [&check](std::byte byte) {
        check ^= std::to_integer<std::uint32_t>(byte) << 16U;
        for (int bit = 0; bit < 8; ++bit) {
            check <<= 1U;
            if ((check & 0x1000000U) != 0) {
                check ^= 0x1864cfbU;
            }
        }
    };
    std::ranges::for_each(std::as_bytes(std::span(front)), add);
    std::ranges::for_each(bytes, add);
    return check;
}

void seal(std::string_view front, packed& bytes) noexcept {
    const std::uint32_t check = check_of(front, std::span(bytes).first<name_size + secret_size>());
    for (std::size_t i = 0; i < check_size; ++i) {
        bytes[bytes.size() - 1 - i] = static_cast<std::byte>(check >> (8 * i));
    }
}

std::string_view without_space(std::string_view text) {
    constexpr std::string_view space = " \t\r\n\v\f";
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    return text.substr(0, text.find_last_not_of(space) + 1); // npos + 1 is 0
}

std::unexpected<error> refused(std::string why) {
    return std::unexpected(error{std::make_error_code(std::errc::bad_message), "redeem", std::move(why)});
}

} // namespace

std::string encode_token(const offer_token& token) {
    std::string text(head);
    text += version;
    text += end_letters[(token.ring ? 2U : 0U) + (token.writes ? 1U : 0U)];
    packed bytes{};
    std::ranges::copy(token.name, bytes.begin());
    std::ranges::copy(token.secret, bytes.begin() + name_size);
    seal(text, bytes);
    return text + to_text(bytes);
}

result<offer_token> decode_token(std::string_view text) {
    text = without_space(text);
    const std::string_view front = text.substr(0, head_size);
    if (!front.starts_with(head)) {
        return refused("this is no token of an offer");
    }
    if (text.size() < token_size) {
        return refused("the token is cut off: " + std::to_string(text.size()) + " of " + std::to_string(token_size) +
                       " characters");
    }
    if (front[2] != version) {
        return refused("this is no token of an offer, or one of another version of windpipe");
    }
    packed bytes{};
    packed sealed{};
    const bool readable = text.size() == token_size && to_bytes(text.substr(head_size), bytes);
    sealed = bytes;
    seal(front, sealed);
    const std::size_t which = end_letters.find(front[3]);
    if (!readable || sealed != bytes || which == std::string_view::npos) {
        return refused("the token has been changed on its way");
    }
    offer_token token{.writes = which % 2 == 1, .ring = which >= 2};
    std::ranges::copy(std::span(bytes).first<name_size>(), token.name.begin());
    std::ranges::copy(std::span(bytes).subspan<name_size, secret_size>(), token.secret.begin());
    return token;
}

std::string offer_name(const offer_token& token) { return to_text(token.name); }

bool same_secret(std::span<const std::byte> one, std::span<const std::byte> other) noexcept {
    std::byte difference{};
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
        difference |= one[i] ^ other[i];
    }
    return difference == std::byte{} && one.size() == other.size();
}

} // namespace windpipe
