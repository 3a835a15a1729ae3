// read_slowly CHUNK USEC - reads stdin CHUNK bytes at a time with a pause before each; prints as check_pattern.
#include "common.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 3) {
        return 99;
    }
    return check_pattern(std::stoul(args[1]), static_cast<unsigned>(std::stoul(args[2])));
}
