// children.hpp - the programs of tests/children, started by windpipe.
#pragma once

#include <windpipe/command.hpp>
#include <windpipe/run.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {

/// The folder of the children, from the environment variable WINDPIPE_TEST_CHILDREN.
std::string children_folder();

/// The path of one of them, in this system's spelling. Throws when it is not there.
std::string child_program(std::string_view name);

/// A command for one of them.
template <class... Args>
windpipe::command child_command(std::string_view name, const Args&... args) {
    return windpipe::command(child_program(name), args...);
}

/// Runs one of them to its end. A failure to run it is an exception, and so a failed test with the reason.
windpipe::run_result run_child(std::string_view name, const std::vector<std::string>& args = {},
                               const windpipe::run_options& options = {});

/// What print_args and print_env print: "LENGTH:BYTES\n" again and again. Throws when it is something else.
std::vector<std::string> parse_counted(std::string_view text);

namespace detail {
/// What the name of a program ends with: ".exe", or nothing.
std::string_view program_suffix() noexcept;
} // namespace detail

} // namespace windpipe_test
