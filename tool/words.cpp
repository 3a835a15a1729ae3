#include "words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace windpipe_tool {

namespace {

bool takes_next_word(const CLI::App& app, const std::string& word) {
    const CLI::Option* const option = app.get_option_no_throw(word);
    return option != nullptr && option->get_items_expected_min() > 0;
}

/// Why an empty stage is empty: where the stray separator stands.
std::string empty_stage(std::size_t number, bool last, std::string_view separator) {
    if (number == 1) {
        return fmt::format("stage 1 is empty: the first word is the separator '{}'", separator);
    }
    if (last) {
        return fmt::format("stage {} is empty: the last word is the separator '{}'", number, separator);
    }
    return fmt::format("stage {} is empty: two separators '{}' follow each other", number, separator);
}

} // namespace

std::size_t count_options(const CLI::App& app, const words& line) {
    std::size_t count = 0;
    while (count < line.size()) {
        const std::string& word = line[count];
        if (word == "--" || word == "-" || !word.starts_with('-')) {
            return count;
        }
        count += takes_next_word(app, word) ? 2 : 1;
    }
    return line.size();
}

std::expected<std::vector<words>, std::string> split_stages(const words& line, std::string_view separator) {
    if (line.empty()) {
        return std::unexpected(fmt::format("no stages: name the programs, as in 'windpipe run a {} b'", separator));
    }
    std::vector<words> stages(1);
    for (const std::string& word : line) {
        if (word == separator) {
            stages.emplace_back();
        } else {
            stages.back().push_back(word);
        }
    }
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (stages[i].empty()) {
            return std::unexpected(empty_stage(i + 1, i + 1 == stages.size(), separator));
        }
        if (stages[i].front().empty()) {
            return std::unexpected(fmt::format("stage {} has an empty program name", i + 1));
        }
    }
    return stages;
}

} // namespace windpipe_tool
