// write_to_closed [catch] - waits for the end of stdin, writes to stdout, tells stderr what came of it.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& args) {
    if (args.size() > 1) {
        child_system::catch_broken_pipe();
    }
    child_system::wait_for_end(stream::in);
    const auto wrote = child_system::write(stream::out, "x", 1);
    std::string report = child_system::broken_pipe_was_caught() ? "signal 13 " : "";
    report += wrote.error != 0 ? "error " + std::to_string(wrote.error) : "written " + std::to_string(wrote.bytes);
    child_system::say(stream::err, report + "\n");
    return 0;
}
