// voices.hpp - the error streams of the stages, line by line, each with the name of its stage in front.
#pragma once

#include <windpipe/pipe.hpp>

#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_tool {

/// Reads the error streams of stages, each in a thread of its own, and writes what they say to our standard error:
/// whole lines, at most 64 KiB at a time, so that two stages never mix within a line.
class voices {
public:
    voices() = default;
    voices(const voices&) = delete;
    voices& operator=(const voices&) = delete;
    ~voices() { finish(); }

    /// From now on what comes out of `end` is written. Throws std::system_error where there are no more threads.
    void listen(std::string name, windpipe::pipe_reader end);

    /// When all stages have ended: writes what is in the pipes, and does not wait for others who hold them.
    void finish();

private:
    void speak(const std::string& name, windpipe::pipe_reader& end, const std::stop_token& stop);
    void write(const std::string& name, std::string& text, bool all, const std::stop_token& stop);

    std::mutex guard_;
    std::vector<std::jthread> listeners_;
};

} // namespace windpipe_tool
