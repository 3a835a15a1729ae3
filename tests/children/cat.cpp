// cat [CHUNK] - copies stdin to stdout.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& args) {
    std::string buffer(args.size() > 1 ? std::stoul(args[1]) : 65536, '\0');
    for (;;) {
        const auto got = child_system::read(stream::in, buffer.data(), buffer.size());
        if (got.error != 0) {
            return 98;
        }
        if (got.bytes == 0) {
            return 0;
        }
        child_system::say(stream::out, std::string_view(buffer).substr(0, got.bytes));
    }
}
