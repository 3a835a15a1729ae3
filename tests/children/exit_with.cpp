// exit_with CODE - exits with this code.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 2) {
        return 99;
    }
    child_system::exit_with(static_cast<std::uint32_t>(std::stoul(args[1])));
}
