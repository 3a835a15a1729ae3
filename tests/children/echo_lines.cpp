// echo_lines - answers each line L with "you said: L\n" at once; ends with stdin, or at the line "quit".
#include "system.hpp"

using child_system::stream;

int child_main(const std::vector<std::string>& /*args*/) {
    std::string line;
    for (;;) {
        char byte = 0;
        const auto got = child_system::read(stream::in, &byte, 1);
        if (got.error != 0) {
            return 98;
        }
        if (got.bytes == 0 || (byte == '\n' && line == "quit")) {
            return 0;
        }
        if (byte != '\n') {
            line.push_back(byte);
            continue;
        }
        child_system::say(stream::out, "you said: " + line + "\n");
        line.clear();
    }
}
