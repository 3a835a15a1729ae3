#include "pipelines.hpp"

#include "support/children.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace windpipe_test {

running_script::running_script(const std::string& script) {
    // The programs of the system come first: what is said of `cat /dev/zero` is said of that cat.
    windpipe::command shell("bash", "-c", "PATH=$PATH:" + children_folder() + "; " + script);
    shell.in(windpipe::null).out(windpipe::null).err(windpipe::null).contain(windpipe::containment::tree);
    auto started = shell.spawn();
    EXPECT_TRUE(started) << started.error().message();
    if (started) {
        shell_ = std::move(*started);
    }
}

std::string running_script::snapshot(std::string_view seconds) const {
    const outcome done = run_tool({"snapshot", "-d", std::string(seconds), pid()});
    EXPECT_EQ(done.code, 0U) << done.err;
    return done.out;
}

void running_script::wait_for(const std::vector<std::string>& parts) const {
    std::string seen;
    const waiting_for this_one("a pipeline to show " + (parts.empty() ? std::string() : parts.back()));
    do {
        seen = run_tool({"snapshot", "-d", "0.05", pid()}).out;
    } while (
        !std::ranges::all_of(parts, [&](const std::string& each) { return seen.find(each) != std::string::npos; }));
}

} // namespace windpipe_test
