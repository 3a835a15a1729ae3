#include "tokens.hpp"

#include <array>

namespace windpipe_tool {

namespace {

constexpr std::string_view blanks = " \t\r";
/// What ends a word.
constexpr std::string_view stops = " \t\r\n|<>";
/// What a backslash may stand in front of, outside of quotes.
constexpr std::string_view escapable = " \t|<>&;()$`*?[]{}~#!'\"\\=,%^";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct refusal {
    std::string_view begin;
    std::string_view what;
    std::string_view instead;
};

/// Operators of shells, the longer ones first.
constexpr std::array refusals = {
    refusal{"||", "'||'", "no second command can follow a first"},
    refusal{"|&", "'|&'", "write '2>&1 |'"},
    refusal{"<<<", "a here-string '<<<'", "give the input on standard input or by '<'"},
    refusal{"<<", "a here-document '<<'", "give the input on standard input or by '<'"},
    refusal{"<(", "a process substitution '<('", "run two pipelines"},
    refusal{"<>", "'<>'", "use '<' or '>'"},
    refusal{"<&", "'<&'", "use '<' and a file"},
    refusal{">(", "a process substitution '>('", "use tee as a stage"},
    refusal{">&", "'>&'", "only '2>&1' joins two streams"},
    refusal{">|", "'>|'", "write '>'"},
    refusal{"&>", "'&>'", "write '> file 2>&1'"},
    refusal{"&&", "'&&'", "no second command can follow a first"},
    refusal{"&", "'&'", "windpipe itself can be started in the background"},
    refusal{";", "';'", "no second command can follow a first"},
    refusal{"(", "'('", "there are no subshells"},
    refusal{")", "')'", "there are no subshells"},
};

} // namespace

tokens::complaint tokens::shell_only(std::size_t at, std::string_view what, std::string_view instead) {
    return complaint(grammar_error{std::string(what) + " is for a shell: " + std::string(instead), at});
}

token tokens::take(std::size_t length, token what) {
    at_ += length;
    return what;
}

void tokens::skip_blanks() {
    while (at_ < text_.size()) {
        if (blanks.contains(text_[at_])) {
            ++at_;
        } else if (follows("\\\n")) {
            at_ += 2;
        } else if (text_[at_] == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else {
            return;
        }
    }
}

std::expected<token, grammar_error> tokens::next() {
    skip_blanks();
    place_ = at_;
    if (at_ == text_.size()) {
        return token::end;
    }
    if (peek() == '\n') {
        return take(1, token::line_end);
    }
    if (is_digit(peek())) {
        std::size_t digits = 1;
        while (is_digit(peek(digits))) {
            ++digits;
        }
        if (peek(digits) == '<' || peek(digits) == '>') {
            return read_numbered();
        }
    }
    for (const refusal& each : refusals) {
        if (follows(each.begin)) {
            return shell_only(at_, each.what, each.instead);
        }
    }
    return std::string_view("|<>").contains(peek()) ? read_operator() : read_word();
}

std::expected<token, grammar_error> tokens::read_operator() {
    if (peek() == '|') {
        return take(1, token::pipe);
    }
    if (peek() == '<') {
        return take(1, token::in);
    }
    return follows(">>") ? take(2, token::append) : take(1, token::out);
}

/// A digit in front of '<' or '>'.
std::expected<token, grammar_error> tokens::read_numbered() {
    if (follows("2>&1") && (at_ + 4 == text_.size() || stops.contains(peek(4)))) {
        return take(4, token::err_to_output);
    }
    if (follows("2>") && !follows("2>&") && !follows("2>|") && !follows("2>(")) {
        return follows("2>>") ? take(3, token::err_append) : take(2, token::err);
    }
    return shell_only(at_, "a redirection of a stream by its number",
                      "there are '<', '>', '>>', '2>', '2>>' and '2>&1'; leave a blank behind a number that is a word");
}

std::expected<token, grammar_error> tokens::read_word() {
    word_.clear();
    while (at_ < text_.size() && !stops.contains(text_[at_])) {
        std::expected<void, grammar_error> read;
        switch (text_[at_]) {
        case '\'':
            read = read_single();
            break;
        case '"':
            read = read_double();
            break;
        case '\\':
            read = read_escape();
            break;
        default:
            read = read_plain();
        }
        if (!read) {
            return std::unexpected(std::move(read).error());
        }
    }
    return token::word;
}

/// One character outside of quotes.
std::expected<void, grammar_error> tokens::read_plain() {
    const char c = text_[at_];
    const std::string shown = {'\'', c, '\''};
    switch (c) {
    case '\0':
        return complaint(grammar_error{"a NUL byte cannot be part of a word", at_});
    case '$':
        return shell_only(at_, "'$' (a variable or command substitution)", "put it into '...' to mean the character");
    case '`':
        return shell_only(at_, "'`' (a command substitution)", "put it into '...' to mean the character");
    case '*':
    case '?':
    case '[':
        return shell_only(at_, "the wildcard " + shown, "put it into '...' to mean the character");
    case '&':
    case ';':
    case '(':
    case ')':
        return shell_only(at_, shown, "put it into '...' to mean the character");
    case '~':
        if (at_ == place_) {
            return shell_only(at_, "'~' (a home folder)", "write the path, or '...' to mean the character");
        }
        break;
    case '{':
        if (peek(1) != '}') {
            return shell_only(at_, "'{'", "put it into '...' to mean the character; '{}' is a word as it stands");
        }
        break;
    default:
        break;
    }
    word_ += c;
    ++at_;
    return {};
}

std::expected<void, grammar_error> tokens::read_escape() {
    const char c = peek(1);
    if (c == '\n') { // the line goes on
        at_ += 2;
        return {};
    }
    if (at_ + 1 == text_.size() || !escapable.contains(c)) {
        return complaint(grammar_error{"a backslash here takes no meaning away: to mean the character, as in a path of "
                                       "Windows, put the word into '...'",
                                       at_});
    }
    word_ += c;
    at_ += 2;
    return {};
}

std::expected<void, grammar_error> tokens::read_single() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) {
        return complaint(grammar_error{"the quote ' that begins here has no end", at_});
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (const std::size_t zero = inside.find('\0'); zero != std::string_view::npos) {
        return complaint(grammar_error{"a NUL byte cannot be part of a word", at_ + 1 + zero});
    }
    word_ += inside;
    at_ = end + 1;
    return {};
}

std::expected<void, grammar_error> tokens::read_double() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
        const char c = text_[at_];
        if (c == '\0') {
            return complaint(grammar_error{"a NUL byte cannot be part of a word", at_});
        }
        if (c == '$' || c == '`') {
            return shell_only(at_, std::string("'") + c + "' in \"...\"", "put it into '...' to mean the character");
        }
        const bool escapes = c == '\\' && at_ + 1 < text_.size() && std::string_view("\"\\$`").contains(text_[at_ + 1]);
        at_ += escapes ? 1 : 0;
        word_ += text_[at_++];
    }
    if (at_ == text_.size()) {
        return complaint(grammar_error{"the quote \" that begins here has no end", begin});
    }
    ++at_;
    return {};
}

} // namespace windpipe_tool
