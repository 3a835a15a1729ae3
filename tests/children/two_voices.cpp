// two_voices OUT ERR - writes its first argument to stdout and its second to stderr.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 3) {
        return 99;
    }
    child_system::say(child_system::stream::out, args[1]);
    child_system::say(child_system::stream::err, args[2]);
    return 0;
}
