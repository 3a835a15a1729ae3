// streams.cpp - what follows from single reads and writes, on every system.
#include "system.hpp"

#include <array>

namespace child_system {

void say(stream to, std::string_view text) {
    while (!text.empty()) {
        const moved wrote = write(to, text.data(), text.size());
        if (wrote.error != 0) {
            exit_with(98);
        }
        text.remove_prefix(wrote.bytes);
    }
}

void wait_for_end(stream from) {
    std::array<char, 4096> ignored{};
    while (read(from, ignored.data(), ignored.size()).bytes != 0) {
    }
}

} // namespace child_system
