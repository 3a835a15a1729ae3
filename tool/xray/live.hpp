// live.hpp - a pipeline shown while it runs: a picture on a terminal, or a line every second.
#pragma once

#include "say.hpp"
#include "xray/terminal.hpp"
#include "xray/view.hpp"

#include <cstdint>
#include <optional>

namespace windpipe_tool::xray {

class live {
public:
    /// `pictures`: only where can_draw(); what is said from now on is kept. `expected`: as for view.
    live(stream where, bool pictures, std::uint64_t expected);

    /// To be called after each look. *Returns*: windpipe's exit status: an output that cannot be written is a failure.
    int show(sampler& looks);
    /// The terminal is as it was before, and shows what was said meanwhile.
    void end();

private:
    void draw(sampler& looks);

    stream where_;
    bool pictures_;
    view picture_;
    std::optional<kept_words> said_;
    std::optional<screen> screen_; // gone first
};

} // namespace windpipe_tool::xray
