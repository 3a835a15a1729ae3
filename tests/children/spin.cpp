// spin MS - uses this much processor time.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 2) {
        return 99;
    }
    const std::uint64_t wanted = std::stoull(args[1]);
    volatile std::uint64_t work = 0;
    while (child_system::processor_milliseconds() < wanted) {
        for (int turn = 0; turn < 100000; ++turn) {
            work = work + 1;
        }
    }
    return 0;
}
