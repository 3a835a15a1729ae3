#include "reading.hpp"

#include "files.hpp"
#include "grammar.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace windpipe_tool {

namespace {

using plan_or_error = std::expected<pipeline_plan, plan_error>;

std::unexpected<plan_error> wrong(std::string message) {
    return std::unexpected(plan_error{.message = std::move(message)});
}

plan_or_error plan_of_words(const words& line, const std::string& separator) {
    auto stages = split_stages(line, separator);
    if (!stages) {
        return wrong(stages.error() + "; see 'windpipe run --help'");
    }
    pipeline_plan plan;
    for (words& stage : *stages) {
        plan.push_back({.line = std::move(stage)});
    }
    return plan;
}

plan_or_error plan_of_text(const std::string& text, std::string_view source) {
    auto plan = parse_pipeline(text);
    if (!plan) {
        const grammar_error& error = plan.error();
        return std::unexpected(
            plan_error{.message = fmt::format("{}:{}: {}", source, name_place(text, error.at), error.message),
                       .place = show_place(text, error.at)});
    }
    return std::move(*plan);
}

plan_or_error plan_of_file(const std::string& path) {
    constexpr std::size_t most = std::size_t{16} << 20U; // no pipeline is that long: somebody named the wrong file
    const auto text = read_whole(path, most);
    constexpr std::string_view mark = "\xEF\xBB\xBF"; // of UTF-8, which editors of Windows put in front
    return text ? plan_of_text(text->starts_with(mark) ? text->substr(mark.size()) : *text, path)
                : wrong(fmt::format("the file '{}' of --file cannot be read: {}", path, text.error()));
}

/// Gives the stages their names: in order, or where "K=NAME" says.
std::expected<void, plan_error> name_stages(pipeline_plan& plan, const std::vector<std::string>& names) {
    std::size_t next = 0;
    for (const std::string& name : names) {
        std::string_view own = name;
        std::size_t number = 0;
        const char* const end = name.data() + name.size();
        const auto [after, failure] = std::from_chars(name.data(), end, number);
        if (failure == std::errc() && after != end && *after == '=') {
            own = std::string_view(after + 1, end);
        } else {
            number = next + 1;
        }
        if (number == 0 || number > plan.size()) {
            return wrong(
                fmt::format("there is no stage {} to be called '{}': the pipeline has {}", number, own, plan.size()));
        }
        plan[number - 1].name = own;
        next = number;
    }
    return {};
}

} // namespace

plan_or_error read_plan(const run_request& request, const words& line) {
    if (request.text && request.file) {
        return wrong("there is a pipeline in -c and one in --file; see 'windpipe run --help'");
    }
    if ((request.text || request.file) && !line.empty()) {
        return wrong(fmt::format("behind the pipeline of {} there is a further word, '{}'; see 'windpipe run --help'",
                                 request.text ? "-c" : "--file", line.front()));
    }
    auto plan = request.text   ? plan_of_text(*request.text, "-c")
                : request.file ? plan_of_file(*request.file)
                               : plan_of_words(line, request.separator);
    if (plan) {
        if (auto named = name_stages(*plan, request.names); !named) {
            return std::unexpected(std::move(named).error());
        }
    }
    return plan;
}

} // namespace windpipe_tool
