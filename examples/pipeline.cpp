// pipeline.cpp - run programs joined by pipes, feed the first, take the output of the last, and say who failed.
//
//     pipeline PROGRAM [ARGUMENT...] : PROGRAM [ARGUMENT...] ...
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

using windpipe::or_throw;

namespace {

// [run]
int run(windpipe::pipeline stages) {
    const auto done = or_throw(stages.run({.input = "one\ntwo\n", .limit = {.until = std::chrono::minutes(1)}}));
    std::cout << done.out.text();
    for (const auto& stage : done.stages) {
        std::cerr << stage.err.text(); // of each stage apart
    }
    std::cerr << done.text(); // which stage failed, and how
    return done.success() ? 0 : 1;
}
// [/run]

windpipe::pipeline parse(const std::vector<std::string>& words) {
    windpipe::pipeline stages;
    std::vector<std::string> stage;
    for (std::size_t i = 0; i <= words.size(); ++i) {
        if (i < words.size() && words[i] != ":") {
            stage.push_back(words[i]);
        } else if (!stage.empty()) {
            stages.add(windpipe::command(stage.front(), {stage.begin() + 1, stage.end()}));
            stage.clear();
        }
    }
    return stages;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(parse({argv + 1, argv + argc}));
    } catch (const std::exception& failed) {
        std::cerr << "pipeline: " << failed.what() << '\n'; // could not be started: the stage, the step, the reason
        return 1;
    }
}
