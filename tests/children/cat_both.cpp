// cat_both - copies stdin to stdout and to stderr.
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& /*args*/) {
    std::string buffer(65536, '\0');
    for (;;) {
        const auto got = child_system::read(stream::in, buffer.data(), buffer.size());
        if (got.error != 0) {
            return 98;
        }
        if (got.bytes == 0) {
            return 0;
        }
        const std::string_view bytes = std::string_view(buffer).substr(0, got.bytes);
        child_system::say(stream::out, bytes);
        child_system::say(stream::err, bytes);
    }
}
