// view.hpp - the pipeline from top to bottom, as it is now: the lines of one picture.
#pragma once

#include "xray/sampler.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// How much there is to draw on, and with what.
struct canvas {
    std::size_t columns = 80;
    std::size_t rows = 24;
    bool unicode = true;
};

/// One character for each value, the highest for the greatest of them.
std::string sparkline(const std::deque<double>& values, bool unicode);

/// Collects what a picture shows beside the last look: rates, and how they were before.
class view {
public:
    /// `expected`: bytes that shall pass through the first pipe, for the time that is left; 0: as many as the file has
    /// that is the input of the first stage, if it is one.
    explicit view(std::uint64_t expected = 0) : expected_(expected) {}

    /// To be called after each look. Once a second it takes the figures from the looks since, and lets them begin anew.
    void update(sampler& what);

    /// The lines of the picture: none longer, and not more, than the canvas has room for.
    [[nodiscard]] std::vector<std::string> draw(const sampler& what, const canvas& on) const;

    /// "42 %, 0:10 left": how far it is. Empty if that is not known.
    [[nodiscard]] std::string progress() const;

private:
    struct flow {
        std::deque<double> rates; ///< bytes a second, the newest last
        std::uint64_t total = 0;
        bool exact = true;
    };

    [[nodiscard]] std::string stage_line(const sampler& what, std::size_t index, bool unicode) const;
    [[nodiscard]] std::string channel_line(const sampler& what, const link& which, bool unicode) const;

    std::uint64_t expected_;
    std::map<channel_id, flow> flows_;
    std::map<process_id, double> cpu_;
    std::optional<std::size_t> limiting_;
    std::string verdict_ = "looking ...";
    std::optional<channel_id> first_;
    struct step {
        double part = 0; ///< of all there is to do
        std::chrono::nanoseconds at{};
    };
    void note_progress(const sampler& what);

    std::optional<step> begin_;
    std::optional<step> now_;
    std::chrono::nanoseconds seen_for_{};
};

} // namespace windpipe_tool::xray
