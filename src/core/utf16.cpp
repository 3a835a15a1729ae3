#include "utf16.hpp"

#include <cstdint>

namespace windpipe {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t invalid = 0xFFFFFFFF;

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

enum class lone_surrogates { no, kept };

/// The code point that starts at text[at], which moves behind it; `invalid` if there is none.
char32_t decode(std::string_view text, std::size_t& at, lone_surrogates lone) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(at);
    if (lead < 0x80) {
        ++at;
        return lead;
    }
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at <= more) {
        return invalid;
    }
    char32_t c = lead & (0x3FU >> more);
    for (std::size_t i = 1; i <= more; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) {
            return invalid;
        }
        c = (c << 6U) | (byte(at + i) & 0x3FU);
    }
    const bool overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
    if (overlong || (is_surrogate(c) && lone == lone_surrogates::no) || c > 0x10FFFF) {
        return invalid;
    }
    at += more + 1;
    return c;
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | (c >> 6U));
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | (c >> 12U));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | (c >> 18U));
        put(0x80U | ((c >> 12U) & 0x3FU));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

result<std::u16string> decode_all(std::string_view text, std::string_view operation, lone_surrogates lone) {
    std::u16string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = decode(text, at, lone);
        if (c == invalid) {
            return std::unexpected(error{std::make_error_code(std::errc::illegal_byte_sequence), operation,
                                         "not UTF-8 at byte " + std::to_string(at)});
        }
        if (c < 0x10000) {
            out += static_cast<char16_t>(c);
        } else {
            out += static_cast<char16_t>(0xD800U + ((c - 0x10000U) >> 10U));
            out += static_cast<char16_t>(0xDC00U + ((c - 0x10000U) & 0x3FFU));
        }
    }
    return out;
}

std::string encode_all(std::u16string_view text, lone_surrogates lone) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t c = text[i];
        const bool leads = c >= 0xD800 && c <= 0xDBFF;
        if (leads && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] <= 0xDFFF) {
            c = 0x10000U + ((c - 0xD800U) << 10U) + (text[++i] - 0xDC00U);
        } else if (is_surrogate(c) && lone == lone_surrogates::no) {
            c = replacement;
        }
        append_utf8(out, c);
    }
    return out;
}

} // namespace

result<std::u16string> to_utf16(std::string_view text, std::string_view operation) {
    return decode_all(text, operation, lone_surrogates::no);
}

std::string to_utf8(std::u16string_view text) { return encode_all(text, lone_surrogates::no); }

std::string to_wtf8(std::u16string_view text) { return encode_all(text, lone_surrogates::kept); }

result<std::u16string> from_wtf8(std::string_view text, std::string_view operation) {
    return decode_all(text, operation, lone_surrogates::kept);
}

} // namespace windpipe
