// print_cwd - prints its current directory.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::say(child_system::stream::out, child_system::current_directory());
    return 0;
}
