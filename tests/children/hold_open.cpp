// hold_open [quietly] [ever] - prints "ready\n" unless told to be quiet, keeps its streams open until stdin ends.
#include "system.hpp"

#include <algorithm>

int child_main(const std::vector<std::string>& args) {
    if (std::ranges::find(args, "quietly") == args.end()) {
        child_system::say(child_system::stream::out, "ready\n");
    }
    if (std::ranges::find(args, "ever") != args.end()) {
        child_system::block_for_ever();
    }
    child_system::wait_for_end(child_system::stream::in);
    return 0;
}
