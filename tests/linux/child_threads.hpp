// child_threads.hpp - how many threads a child has that asked for none: a sanitizer may have started one.
#pragma once

#include "support/children.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>

namespace windpipe_test {

inline std::ptrdiff_t threads_of_a_child() {
    auto child = windpipe::or_throw(child_command("cat").in(windpipe::piped).out(windpipe::piped).spawn());
    windpipe::or_throw(child.in.write("x"));
    std::array<std::byte, 1> answer{};
    windpipe::or_throw(child.out.read(answer)); // it runs
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(child.pid()) + "/task");
    return std::distance(begin(threads), end(threads));
}

} // namespace windpipe_test
