// terminal.hpp - a picture on a terminal, which is as it was before when the picture ends, however that comes.
#pragma once

#include "xray/view.hpp"

#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// Where the picture is drawn.
enum class stream { output, errors };

/// Whether that is a terminal on which a picture can be drawn: not with TERM=dumb.
bool can_draw(stream where);

/// The screen of the terminal that the stream is, while this lives. There is at most one.
///
/// A terminal that takes nothing (Ctrl-S) is waited for a moment only: then a picture is missing, and nothing else.
/// A signal that ends the process (SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV) restores the terminal first;
/// Ctrl-Z does, too, and the picture is back when the process goes on.
class screen {
public:
    explicit screen(stream where);
    ~screen(); // NOLINT(performance-trivially-destructible): only where there is nothing to draw
    screen(const screen&) = delete;
    screen& operator=(const screen&) = delete;

    /// Its size now: people change it.
    [[nodiscard]] canvas size() const;
    void draw(const std::vector<std::string>& lines) const;
};

} // namespace windpipe_tool::xray
