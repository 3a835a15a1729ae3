#include "grammar.hpp"

#include "tokens.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace windpipe_tool {

namespace {

/// Builds the plan token by token.
class builder {
public:
    explicit builder(std::string_view text) : text_(text), tokens_(text) {}

    std::expected<pipeline_plan, grammar_error> build() {
        while (true) {
            const auto next = tokens_.next();
            if (!next) {
                return std::unexpected(next.error());
            }
            if (*next == token::end) {
                return finish();
            }
            if (auto taken = take(*next); !taken) {
                return std::unexpected(std::move(taken).error());
            }
        }
    }

private:
    using done = std::expected<void, grammar_error>;

    static std::unexpected<grammar_error> wrong(std::size_t at, std::string message) {
        return std::unexpected(grammar_error{std::move(message), at});
    }

    stage_plan& stage() { return plan_.back(); }

    [[nodiscard]] bool stage_has_begun() const {
        const stage_plan& now = plan_.back();
        return !now.line.empty() || now.in || now.out || now.err;
    }

    done take(token what) {
        if (what == token::line_end) {
            line_has_ended_ = stage_has_begun();
            return {};
        }
        if (what == token::pipe) {
            return next_stage();
        }
        if (line_has_ended_) {
            return wrong(tokens_.place(), "a second command: a line may end only in front of or behind a '|'");
        }
        return what == token::word ? take_word() : redirect(what);
    }

    done take_word() {
        if (stage().line.empty()) {
            const std::string_view raw = text_.substr(tokens_.place());
            if (tokens_.word() == "!" && raw.starts_with('!')) {
                return wrong(tokens_.place(), "'!' is for a shell: the exit status cannot be turned round");
            }
            if (is_assignment(raw)) {
                return wrong(tokens_.place(), "a variable set in front of a program is for a shell: env can do it");
            }
            if (tokens_.word().empty()) {
                return wrong(tokens_.place(), "the name of the program is empty");
            }
        }
        stage().line.push_back(tokens_.word());
        return {};
    }

    static bool is_assignment(std::string_view raw) {
        const auto is_letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
        const std::string_view::iterator end = std::ranges::find_if_not(raw, is_part);
        return end != raw.begin() && is_letter(raw.front()) && end != raw.end() && *end == '=';
    }

    done next_stage() {
        if (stage().line.empty()) {
            return wrong(tokens_.place(), "there is no program in front of this '|'");
        }
        if (stage().out) {
            return wrong(out_place_,
                         "only the last stage can write to a file: the output of this one goes to the next");
        }
        plan_.emplace_back();
        pipe_place_ = tokens_.place();
        line_has_ended_ = false;
        return {};
    }

    done redirect(token what) {
        const std::size_t place = tokens_.place();
        const bool input = what == token::in;
        const bool output = what == token::out || what == token::append;
        std::optional<redirection>& stream = input ? stage().in : output ? stage().out : stage().err;
        if (stream) {
            return wrong(place, input    ? "this stage has an input already"
                                : output ? "this stage has an output already"
                                         : "this stage has an error output already");
        }
        if (input && plan_.size() > 1) {
            return wrong(place, "only the first stage can read a file: this one reads the output of the one before");
        }
        if (output && stage().err && stage().err->what == redirection::kind::to_output) {
            return wrong(place, "'2>&1' goes behind the '>': it means where the output goes then");
        }
        if (what == token::err_to_output) {
            stream = {.what = redirection::kind::to_output};
            return {};
        }
        const auto next = tokens_.next();
        if (!next) {
            return std::unexpected(next.error());
        }
        if (*next != token::word || tokens_.word().empty()) {
            return wrong(*next == token::word ? tokens_.place() : place, "the name of the file is missing");
        }
        using kind = redirection::kind;
        const bool appends = what == token::append || what == token::err_append;
        stream = {.what = input ? kind::read : appends ? kind::append : kind::write, .path = tokens_.word()};
        out_place_ = output ? place : out_place_;
        return {};
    }

    std::expected<pipeline_plan, grammar_error> finish() {
        if (stage().line.empty()) {
            return plan_.size() > 1 ? wrong(pipe_place_, "there is no program behind this '|'")
                                    : wrong(0, "there is no program");
        }
        return std::move(plan_);
    }

    std::string_view text_;
    tokens tokens_;
    pipeline_plan plan_ = pipeline_plan(1);
    bool line_has_ended_ = false;
    std::size_t out_place_ = 0;
    std::size_t pipe_place_ = 0;
};

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

struct line_part {
    std::size_t number;      // of the line, from 1
    std::string_view before; // what stands in it in front of the place
    std::string_view all;
};

line_part line_at(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, std::min(at, text.size()));
    const std::size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return {.number = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
            .before = before.substr(begin),
            .all = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin)};
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

/// As it can stand on one line of a terminal; a tab takes one column then.
std::string printable(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c == '\t'; }, ' ');
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }, '?');
    return line;
}

} // namespace

std::expected<pipeline_plan, grammar_error> parse_pipeline(std::string_view text) { return builder(text).build(); }

std::string show_place(std::string_view text, std::size_t at) {
    constexpr std::size_t most_before = 60;
    constexpr std::size_t most_behind = 40;
    const line_part line = line_at(text, at);
    // Of a long line, the part around the place.
    std::size_t begin = line.before.size() > most_before ? line.before.size() - most_before : 0;
    while (begin < line.before.size() && !starts_character(line.before[begin])) {
        ++begin;
    }
    std::size_t end = std::min(line.all.size(), line.before.size() + most_behind);
    while (end < line.all.size() && !starts_character(line.all[end])) {
        ++end;
    }
    return "  " + printable(line.all.substr(begin, end - begin)) + "\n  " +
           std::string(characters(line.before.substr(begin)), ' ') + "^\n";
}

std::string name_place(std::string_view text, std::size_t at) {
    const line_part line = line_at(text, at);
    return std::to_string(line.number) + ':' + std::to_string(characters(line.before) + 1);
}

} // namespace windpipe_tool
