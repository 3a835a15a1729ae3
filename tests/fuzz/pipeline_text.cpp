// A pipeline as text. Any text: a plan, or an error with a place in it that can be shown. A plan written down again
// with every word in quotes is the same plan.
#include "require.hpp"

#include "grammar.hpp"

namespace {

using windpipe_tool::pipeline_plan;
using windpipe_tool::redirection;

std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word) {
        text += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return text + '\'';
}

std::string written(const redirection& where, const char* number) {
    using kind = redirection::kind;
    return where.what == kind::to_output
               ? " 2>&1"
               : std::string(" ") + number + (where.what == kind::append ? ">>" : ">") + quoted(where.path);
}

std::string written(const pipeline_plan& plan) {
    std::string text;
    for (const auto& stage : plan) {
        text += text.empty() ? "" : "\n|";
        for (const std::string& word : stage.line) {
            text += ' ' + quoted(word);
        }
        text += stage.in ? " <" + quoted(stage.in->path) : "";
        text += stage.out ? written(*stage.out, "") : "";
        text += stage.err ? written(*stage.err, "2") : "";
    }
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(text_of(data, size));
    const auto plan = windpipe_tool::parse_pipeline(text);
    if (!plan) {
        require(!plan.error().message.empty() && plan.error().at <= text.size());
        const std::string shown = windpipe_tool::show_place(text, plan.error().at);
        require(std::ranges::count(shown, '\n') == 2 && shown.ends_with("^\n"));
        require(!windpipe_tool::name_place(text, plan.error().at).empty());
        return 0;
    }
    require(!plan->empty());
    for (const auto& stage : *plan) {
        require(!stage.line.empty() && !stage.line.front().empty());
        require(!stage.in || &stage == &plan->front());
        require(!stage.out || &stage == &plan->back());
    }
    const auto again = windpipe_tool::parse_pipeline(written(*plan));
    require(again && *again == *plan);
    return 0;
}
