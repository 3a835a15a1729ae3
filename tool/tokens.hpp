// tokens.hpp - the words and operators that a pipeline's text is made of. See grammar.hpp.
#pragma once

#include "grammar.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace windpipe_tool {

enum class token { word, pipe, in, out, append, err, err_append, err_to_output, line_end, end };

/// Cuts a text into tokens, one after the other.
class tokens {
public:
    explicit tokens(std::string_view text) : text_(text) {}

    /// The next one. `end` again and again at the end.
    std::expected<token, grammar_error> next();
    /// Of the token that next() gave: where it begins, and its value if it is a word.
    [[nodiscard]] std::size_t place() const { return place_; }
    [[nodiscard]] const std::string& word() const { return word_; }

private:
    using complaint = std::unexpected<grammar_error>;

    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool follows(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    token take(std::size_t length, token what);
    void skip_blanks();
    [[nodiscard]] static complaint shell_only(std::size_t at, std::string_view what, std::string_view instead);

    std::expected<token, grammar_error> read_operator();
    std::expected<token, grammar_error> read_numbered();
    std::expected<token, grammar_error> read_word();
    std::expected<void, grammar_error> read_plain();
    std::expected<void, grammar_error> read_escape();
    std::expected<void, grammar_error> read_single();
    std::expected<void, grammar_error> read_double();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t place_ = 0;
    std::string word_;
};

} // namespace windpipe_tool
