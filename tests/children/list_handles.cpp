// list_handles - prints each open descriptor or handle, one per line.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::say(child_system::stream::out, child_system::open_handles());
    return 0;
}
