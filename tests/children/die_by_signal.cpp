// die_by_signal N - resets signal N and raises it; on Windows an access violation, whatever N.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 2) {
        return 99;
    }
    child_system::die_by_signal(std::stoi(args[1]));
}
