// obey_term - prints "ready\n" and blocks; SIGTERM (Ctrl-Break) makes it print "asked\n" and exit 7.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::obey_requests_to_end();
    child_system::say(child_system::stream::out, "ready\n");
    child_system::block_for_ever();
}
