#include "tool/tool.hpp"

#include "support/children.hpp"
#include "support/watchdog.hpp"

#include <windpipe/run.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>

namespace windpipe_test {

namespace {

/// What stands in a line of the table: two or more spaces are between two columns.
words columns(std::string_view line) {
    words fields;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty()) {
            return fields;
        }
        const std::size_t end = std::min(line.find("  "), line.size());
        fields.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

/// Only so that a hang ends with what was said until then, before the watchdog comes.
std::chrono::seconds patience() { return detail::usual_time() * 3 / 4; }

std::string search_path() {
    constexpr char separator = std::filesystem::path::preferred_separator == '/' ? ':' : ';';
    const char* const ours = std::getenv("PATH");
    return children_folder() + separator + (ours != nullptr ? ours : "");
}

} // namespace

std::string tool_path() { return WINDPIPE_TEST_TOOL; }

windpipe::command with_children(windpipe::command what) {
    what.env("PATH", search_path());
    return what;
}

windpipe::command tool_command(words line) { return with_children(windpipe::command(tool_path(), std::move(line))); }

outcome finish(windpipe::command what, std::string_view input) {
    const auto done = windpipe::run(
        what, {.input = input, .end = windpipe::end_policy::end_of_stream(), .limit = {.until = patience()}});
    if (!done) {
        ADD_FAILURE() << done.error().message();
        return {};
    }
    EXPECT_EQ(done->ended_by, windpipe::ended_by::end_of_stream) << "it hangs:\n" << done->err.text();
    const int signal = done->status.signal().value_or(0);
    return {.code = done->status.code().value_or(128 + static_cast<std::uint32_t>(signal)),
            .signal = signal,
            .out = done->out.text(),
            .err = done->err.text()};
}

outcome run_tool(words line, std::string_view input) { return finish(tool_command(std::move(line)), input); }

std::vector<row> table_rows(const std::string& err) {
    std::vector<row> rows;
    std::istringstream lines(err);
    for (std::string line; std::getline(lines, line);) {
        const words fields = columns(line);
        if (fields.size() == 8 && fields[0].find_first_not_of("0123456789") == std::string::npos) {
            rows.push_back(
                {std::stoi(fields[0]), fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7]});
        }
    }
    return rows;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t times = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) {
        ++times;
    }
    return times;
}

} // namespace windpipe_test
