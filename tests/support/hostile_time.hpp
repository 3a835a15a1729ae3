// hostile_time.hpp - how long a test does its worst.
#pragma once

#include <chrono>
#include <cstdlib>

namespace windpipe_test {

/// A second, or as many as WINDPIPE_HOSTILE_SECONDS says: `./dev check` gives each of these tests a minute.
inline std::chrono::milliseconds hostile_time() {
    const char* const seconds = std::getenv("WINDPIPE_HOSTILE_SECONDS");
    return std::chrono::seconds(seconds != nullptr ? std::strtol(seconds, nullptr, 10) : 1);
}

} // namespace windpipe_test
