// outlet.hpp - where words and records go, which somebody else may read late or never.
#pragma once

#include <windpipe/pipe.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <stop_token>
#include <string_view>
#include <system_error>

namespace windpipe_tool {

/// Writes to a file, or to a pipe without waiting for ever: who runs a pipeline must not stand still because nobody
/// reads what is said about it.
class outlet {
public:
    /// How long nothing may be read from a pipe.
    static constexpr std::chrono::seconds patience{2};

    /// `to` stays open, and the caller's.
    explicit outlet(std::FILE* to);

    /// Writes all of `text`. With `insists`, patience begins when a stop is requested.
    /// *Returns*: why not all has been written; `timed_out`: nobody reads.
    std::error_code write(std::string_view text, const std::stop_token* insists = nullptr);

private:
    std::FILE* file_;
    std::optional<windpipe::pipe_writer> pipe_; ///< the same, if it is one
};

} // namespace windpipe_tool
