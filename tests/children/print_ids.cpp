// print_ids - prints "PID PPID PGID SID\n".
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::say(child_system::stream::out, child_system::process_ids());
    return 0;
}
