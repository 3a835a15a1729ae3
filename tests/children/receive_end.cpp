// receive_end write|read - receives an end from an unrelated process and uses it.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 2) {
        return 99;
    }
    const bool writes = args[1] == "write";
    if (!child_system::receive_end(writes ? stream::err : stream::in)) {
        return 98;
    }
    if (writes) {
        child_system::say(stream::err, "from an unrelated process");
        return 0;
    }
    std::string buffer(4096, '\0');
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
