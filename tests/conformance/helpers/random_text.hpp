// random_text.hpp - arguments as nasty as a program may get them, from a fixed seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace windpipe_test {

/// Valid UTF-8 without NUL, rich in what quoting gets wrong: nothing at all, quotation marks, backslashes (also at the
/// end), blanks, control characters, characters of two, three and four bytes.
class random_text {
public:
    explicit random_text(std::uint64_t seed) : engine_(seed) {}

    std::string next() {
        std::string text;
        const std::size_t pieces = below(4) == 0 ? below(40) : below(6);
        for (std::size_t i = 0; i < pieces; ++i) {
            text += piece();
        }
        return text;
    }

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

private:
    std::string piece() {
        static constexpr std::array<std::string_view, 16> often{
            "\"",          "\\",   "\\\\",     "\\\"",         " ",
            "\t",          "\"\"", "'",        "%PATH%",       "^&|<>",
            "\n",          "\r\n", "\xC3\xA4", "\xE6\xBC\xA2", "\xF0\x9F\x98\x80",
            "\xEF\xBF\xBD"};
        switch (below(3)) {
        case 0:
            return std::string(often[below(often.size())]);
        case 1:
            return std::string(1, static_cast<char>(1 + below(0x7F))); // any ASCII but NUL, control characters too
        default:
            return std::string(1 + below(4), "\\\" ab"[below(5)]);
        }
    }

    std::mt19937_64 engine_; // its sequence is fixed by the standard, unlike that of the distributions
};

} // namespace windpipe_test
