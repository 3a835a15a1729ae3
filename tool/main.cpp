// windpipe - anonymous pipes on the command line.
#include "attach.hpp"
#include "description.hpp"
#include "diff.hpp"
#include "exit_codes.hpp"
#include "help.hpp"
#include "platform.hpp"
#include "run.hpp"
#include "say.hpp"
#include "words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <vector>

namespace windpipe_tool {

namespace {

int wrong_usage(const std::string& what, const std::string& where) {
    complain(fmt::format("{}; see 'windpipe {}--help'", what, where));
    return tool_failed;
}

/// The command and its subcommands.
struct tool {
    CLI::App app{"windpipe: run pipelines of programs, with an exit status and a report for each stage.", "windpipe"};
    run_request request;
    attach_request attach_to;
    CLI::App* run = nullptr;
    CLI::App* snapshot = nullptr;
    CLI::App* attach = nullptr;
    CLI::App* diff = nullptr;
    std::vector<std::string> compared;
    CLI::App* help = nullptr;

    tool() {
        style_help(app, "windpipe run|snapshot|attach|diff|help ...",
                   "'windpipe help run' explains a command, 'windpipe run -h' lists its options.\n"
                   "'windpipe help man' prints the manual page, 'windpipe help completions bash' what a\n"
                   "shell needs to complete the command line: bash, zsh, fish or powershell.");
        app.set_version_flag("--version", "windpipe " WINDPIPE_VERSION, "Print the version and exit");
        run = &add_run(app, request);
        snapshot = &add_snapshot(app, attach_to);
        attach = &add_attach(app, attach_to);
        diff = app.add_subcommand("diff", diff_summary);
        style_help(*diff, diff_usage, diff_explanation);
        diff->add_option("files", compared, "The records of two runs")->expected(2)->required()->type_name("FILE");
        help = app.add_subcommand("help", "Print the help of windpipe, or of one of its commands");
        style_help(*help, "windpipe help [command]", "");
    }

    /// `windpipe help`. CLI11 cannot parse it: it would take the topic `run` for the command.
    int explain(const words& topic) const {
        if (topic.empty()) {
            return print(app.help());
        }
        if (topic.size() == 1 && topic[0] == "man") {
            return print(manual_page());
        }
        if (topic[0] == "completions") {
            const auto text = completions_for(topic.size() == 2 ? topic[1] : "");
            return text ? print(*text)
                        : wrong_usage(fmt::format("name the shell to complete for: {}", known_shells), "help ");
        }
        const auto subjects = app.get_subcommands([&](const CLI::App* each) { return each->get_name() == topic[0]; });
        if (subjects.empty() || topic.size() > 1) {
            return wrong_usage("there is no command '" + fmt::format("{}", fmt::join(topic, " ")) + "'", "");
        }
        return print(subjects[0]->help());
    }
};

/// How many words of the line are for us, and not for the stages.
std::size_t count_own(const tool& tool, const words& line) {
    const auto command = std::ranges::find_if(line, [](const std::string& word) { return !word.starts_with('-'); });
    if (command == line.end() || *command != tool.run->get_name()) {
        return line.size();
    }
    const words behind(command + 1, line.end());
    return line.size() - behind.size() + count_options(*tool.run, behind);
}

int main_of_tool(const words& line) {
    tool tool;
    if (!line.empty() && line[0] == tool.help->get_name()) {
        return tool.explain({line.begin() + 1, line.end()});
    }
    const auto own_end = line.begin() + static_cast<std::ptrdiff_t>(count_own(tool, line));
    try {
        words reversed(std::make_reverse_iterator(own_end), line.rend()); // as CLI11 wants it
        tool.app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        if (std::find(line.begin(), own_end, "-h") != own_end && tool.run->parsed()) {
            tool.run->footer("'windpipe run --help' says more."); // -h is the short form
        }
        return print(tool.app.help());
    } catch (const CLI::CallForVersion& version) {
        return print(std::string(version.what()) + '\n');
    } catch (const CLI::ParseError& wrong) {
        const auto used = tool.app.get_subcommands();
        return wrong_usage(wrong.what(), used.empty() ? "" : used.front()->get_name() + ' ');
    }
    if (tool.diff->parsed()) {
        return diff(tool.compared[0], tool.compared[1]);
    }
    if (tool.snapshot->parsed()) {
        return snapshot(tool.attach_to);
    }
    if (tool.attach->parsed()) {
        return attach(tool.attach_to);
    }
    if (!tool.run->parsed()) {
        return wrong_usage("no command given", "");
    }
    const bool marked = own_end != line.end() && *own_end == "--";
    return run(tool.request, words(own_end + (marked ? 1 : 0), line.end()));
}

} // namespace

} // namespace windpipe_tool

int main(int argc, char** argv) {
    try {
        windpipe_tool::platform::prepare();
        return windpipe_tool::main_of_tool(windpipe_tool::platform::arguments(argc, argv));
    } catch (const std::exception& failure) {
        windpipe_tool::complain(failure.what());
        return windpipe_tool::tool_failed;
    }
}
