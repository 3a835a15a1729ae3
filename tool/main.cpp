// windpipe - anonymous pipes on the command line.
#include "exit_codes.hpp"
#include "help.hpp"
#include "platform.hpp"
#include "run.hpp"
#include "say.hpp"
#include "words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace windpipe_tool {

namespace {

/// Standard output is ours when no stage runs. A help text that cannot be written is a failure.
int print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        complain("standard output cannot be written");
        return tool_failed;
    }
    return succeeded;
}

int wrong_usage(const std::string& what, const std::string& where) {
    complain(fmt::format("{}; see 'windpipe {}--help'", what, where));
    return tool_failed;
}

/// The command and its subcommands.
struct tool {
    CLI::App app{"windpipe: run pipelines of programs, with an exit status and a report for each stage.", "windpipe"};
    run_request request;
    CLI::App* run = nullptr;
    CLI::App* help = nullptr;

    tool() {
        style_help(app, "windpipe run|help ...", "'windpipe help run' explains a command.");
        app.set_version_flag("--version", "windpipe " WINDPIPE_VERSION, "Print the version and exit");
        run = &add_run(app, request);
        help = app.add_subcommand("help", "Print the help of windpipe, or of one of its commands");
        style_help(*help, "windpipe help [command]", "");
    }

    /// `windpipe help`. CLI11 cannot parse it: it would take the topic `run` for the command.
    int explain(const words& topic) const {
        if (topic.empty()) {
            return print(app.help());
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
        return print(tool.app.help());
    } catch (const CLI::CallForVersion& version) {
        return print(std::string(version.what()) + '\n');
    } catch (const CLI::ParseError& wrong) {
        return wrong_usage(wrong.what(), tool.run->parsed() ? "run " : "");
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
