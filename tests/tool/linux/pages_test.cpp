// The manual page and the completions, as the programs take them that they are for.
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

bool has(const char* program) {
    return finish(windpipe::command("sh", "-c", "command -v \"$0\" >/dev/null", program)).code == 0;
}

TEST(tool_pages, the_manual_page_tells_every_option) {
    const outcome done = run_tool({"help", "man"});
    EXPECT_EQ(done.code, 0U) << done.err;
    for (const char* const part : {".TH WINDPIPE 1", "\\-\\-atomic\\-output", "\\-\\-json",
                                   "Exit status:", "windpipe attach", "\\-\\-plain", "windpipe diff"}) {
        EXPECT_NE(done.out.find(part), std::string::npos) << part;
    }
    if (!has("groff")) {
        GTEST_SKIP() << "groff is not installed: whether it takes the page is not known";
    }
    const outcome set = finish(windpipe::command("groff", "-man", "-ww", "-Tascii"), done.out);
    EXPECT_EQ(set.code, 0U);
    EXPECT_EQ(set.err, "");
}

/// What bash offers for the last of these words.
words offered_by_bash(const words& line) {
    std::string script =
        "eval \"$(\"$0\" help completions bash)\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _windpipe; "
        "printf '%s\\n' \"${COMPREPLY[@]}\"";
    words all = {"--norc", "-c", script, tool_path()};
    all.insert(all.end(), line.begin(), line.end());
    const outcome done = finish(with_children(windpipe::command("bash", all)));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.err, "");
    words found;
    for (std::size_t at = 0, end = 0; (end = done.out.find('\n', at)) != std::string::npos; at = end + 1) {
        found.push_back(done.out.substr(at, end - at));
    }
    return found;
}

TEST(tool_pages, bash_completes_commands_options_values_and_programs) {
    if (!has("bash")) {
        GTEST_SKIP() << "bash is not installed";
    }
    EXPECT_EQ(offered_by_bash({"windpipe", "ru"}), (words{"run"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "at"}), (words{"attach"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "snapshot", "--d"}), (words{"--duration"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "run", "--at"}), (words{"--atomic-output"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "run", "--status", "s"}), (words{"strict"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "run", "--sep", "x", "close_stdin_e"}), (words{"close_stdin_early"}));
    EXPECT_EQ(offered_by_bash({"windpipe", "run", "cat", "--at"}), (words{""})) << "an option of cat, not of windpipe";
    EXPECT_EQ(offered_by_bash({"windpipe", "run", "cat", "::", "close_stdin_e"}), (words{"close_stdin_early"}));
}

TEST(tool_pages, other_shells_take_their_completions) {
    const folder_of_test folder;
    const struct {
        const char* shell;
        words check; ///< the shell and what makes it read a file without running it
    } cases[] = {{"bash", {"bash", "-n"}}, {"zsh", {"zsh", "-n"}}, {"fish", {"fish", "--no-execute"}}};
    std::string missing;
    for (const auto& [shell, check] : cases) {
        const outcome made = run_tool({"help", "completions", shell});
        EXPECT_EQ(made.code, 0U) << made.err;
        if (!has(shell)) {
            missing += std::string(" ") + shell;
            continue;
        }
        write_file(folder.path(shell), made.out);
        const outcome read = finish(windpipe::command(check[0], check[1], folder.path(shell)));
        EXPECT_EQ(read.code, 0U) << shell << ": " << read.err;
    }
    EXPECT_NE(run_tool({"help", "completions", "powershell"}).out.find("Register-ArgumentCompleter"),
              std::string::npos);
    EXPECT_EQ(run_tool({"help", "completions", "tcsh"}).code, 125U);
    EXPECT_EQ(run_tool({"help", "completions"}).code, 125U);
    if (!missing.empty()) {
        GTEST_SKIP() << "not installed, so that their completions were not read:" << missing;
    }
}

TEST(tool_pages, the_short_help_lists_the_options_and_the_long_one_explains) {
    const outcome brief = run_tool({"run", "-h"});
    const outcome whole = run_tool({"run", "--help"});
    EXPECT_NE(brief.out.find("--atomic-output"), std::string::npos);
    EXPECT_EQ(brief.out.find("Exit status:"), std::string::npos);
    EXPECT_NE(whole.out.find("Exit status:"), std::string::npos);
}

} // namespace
