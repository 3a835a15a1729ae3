// report_signals - prints the signals that are blocked, ignored, caught and pending.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    child_system::say(child_system::stream::out, child_system::signal_state());
    return 0;
}
