// ignore_term - ignores SIGTERM (Ctrl-Break), prints "ready\n", blocks until stdin ends.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::ignore_requests_to_end();
    child_system::say(child_system::stream::out, "ready\n");
    child_system::wait_for_end(child_system::stream::in);
    return 0;
}
