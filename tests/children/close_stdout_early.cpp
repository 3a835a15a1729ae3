// close_stdout_early - writes "before\n", closes stdout, writes "closed\n" to stderr, blocks until stdin ends.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::say(stream::out, "before\n");
    child_system::close(stream::out);
    child_system::say(stream::err, "closed\n");
    child_system::wait_for_end(stream::in);
    return 0;
}
