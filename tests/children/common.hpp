// common.hpp - what several child programs do.
#pragma once

#include "support/pattern.hpp"
#include "system.hpp"

/// Reads stdin to its end, `chunk` bytes at a time with a pause before each, and prints "N ok" or "N wrong at P".
inline int check_pattern(std::size_t chunk, unsigned pause) {
    using child_system::stream;
    std::string buffer(chunk, '\0');
    std::string wrong;
    std::uint64_t total = 0;
    for (;;) {
        if (pause != 0) {
            child_system::pause_microseconds(pause);
        }
        const auto got = child_system::read(stream::in, buffer.data(), buffer.size());
        if (got.error != 0) {
            return 98;
        }
        if (got.bytes == 0) {
            break;
        }
        const auto bytes = std::as_bytes(std::span(buffer.data(), got.bytes));
        const auto difference = windpipe_test::pattern_difference(bytes, total);
        if (difference && wrong.empty()) {
            wrong = " wrong at " + std::to_string(total + *difference);
        }
        total += got.bytes;
    }
    child_system::say(stream::out, std::to_string(total) + (wrong.empty() ? " ok" : wrong) + "\n");
    return 0;
}

/// Prints each text as "LENGTH:BYTES\n", so that any byte in it survives.
inline int print_counted(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) {
        all.append(std::to_string(text.size())).append(":").append(text).append("\n");
    }
    child_system::say(child_system::stream::out, all);
    return 0;
}
