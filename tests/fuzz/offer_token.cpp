// The token of an offer. Any text: what is read as a token is written the same way again. A token made of the same
// bytes comes back, and does not after a single character has been changed.
#include "require.hpp"

#include "core/offer_token.hpp"

#include <cstring>

namespace {

using windpipe::offer_token;

void any_text(std::string_view text) {
    const auto token = windpipe::decode_token(text);
    if (token) {
        const std::string again = windpipe::encode_token(*token);
        const std::size_t at = text.find(again);
        require(at != std::string_view::npos);
        constexpr std::string_view space = " \t\r\n\v\f";
        require(text.substr(0, at).find_first_not_of(space) == std::string_view::npos);
        require(text.substr(at + again.size()).find_first_not_of(space) == std::string_view::npos);
    } else {
        require(!token.error().context.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    any_text(text_of(data, size));
    constexpr std::size_t needed = 3 + sizeof(offer_token::name) + sizeof(offer_token::secret);
    if (size < needed) {
        return 0;
    }
    offer_token token{.writes = data[0] % 2 == 1};
    std::memcpy(token.name.data(), data + 3, token.name.size());
    std::memcpy(token.secret.data(), data + 3 + token.name.size(), token.secret.size());
    std::string text = windpipe::encode_token(token);
    const auto back = windpipe::decode_token(text);
    require(back && *back == token);

    char& changed = text[data[1] % text.size()];
    const char other = static_cast<char>(data[2]);
    if (changed != other) {
        changed = other;
        require(!windpipe::decode_token(text));
    }
    return 0;
}
