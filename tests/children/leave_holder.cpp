// leave_holder [stay] [apart] [dead] - starts a grandchild that holds our streams, prints its pid, exits.
#include "system.hpp"

#include <algorithm>

int child_main(const std::vector<std::string>& args) {
    const auto given = [&](std::string_view word) { return std::ranges::find(args, word) != args.end(); };
    const unsigned long id = child_system::start_holder(given("apart"), given("dead"));
    child_system::say(child_system::stream::out, std::to_string(id) + "\n");
    if (given("stay")) {
        child_system::block_for_ever();
    }
    return 0;
}
