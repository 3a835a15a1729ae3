// Any arguments, separated by NULs: both ways in which Windows programs split their command line give them back.
#include "require.hpp"

#include "core/command_line.hpp"
#include "unit/windows_parsers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> arguments = split(text_of(data, size), '\0');
    std::erase(arguments.front(), '"'); // which no name of a program can have
    const std::string line = windpipe::windows_command_line(arguments);
    require(line.find('\0') == std::string::npos);
    require(windpipe_test::split_like_c_runtime(line) == arguments);
    require(windpipe_test::split_like_shell32(line) == arguments);
    return 0;
}
