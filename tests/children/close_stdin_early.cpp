// close_stdin_early N [stay] - reads N bytes, closes stdin, prints "closed\n"; with stay blocks for ever.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& args) {
    if (args.size() < 2) {
        return 99;
    }
    std::string buffer(std::stoul(args[1]), '\0');
    for (std::size_t have = 0; have < buffer.size();) {
        const auto got = child_system::read(stream::in, buffer.data() + have, buffer.size() - have);
        if (got.bytes == 0) {
            return 98;
        }
        have += got.bytes;
    }
    child_system::close(stream::in);
    child_system::say(stream::out, "closed\n");
    if (args.size() > 2) {
        child_system::block_for_ever();
    }
    return 0;
}
