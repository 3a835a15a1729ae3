// listener.hpp - who listens to what a run captures.
#pragma once

#include <windpipe/lines.hpp>
#include <windpipe/run.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace windpipe::detail {

/// Tells the caller of pieces and lines.
class listener {
public:
    explicit listener(const run_options& options)
        : options_(options), lines_{line_cutter(options.lines), line_cutter(options.lines)} {}

    [[nodiscard]] bool is_needed() const { return options_.on_output || options_.on_line; }

    result<void> hear(output_stream which, std::span<const std::byte> piece) {
        if (options_.on_output) {
            options_.on_output(which, piece);
        }
        if (!options_.on_line) {
            return {};
        }
        auto added = lines_of(which).add(piece);
        return added ? tell_lines(which) : added;
    }

    /// The last lines, which no line feed has ended.
    result<void> finish() {
        for (const output_stream which : {output_stream::out, output_stream::err}) {
            lines_of(which).finish();
            if (auto told = options_.on_line ? tell_lines(which) : result<void>{}; !told) {
                return told;
            }
        }
        return {};
    }

private:
    line_cutter& lines_of(output_stream which) { return lines_[which == output_stream::out ? 0 : 1]; }

    result<void> tell_lines(output_stream which) {
        while (true) {
            const auto found = lines_of(which).next();
            if (!found) {
                return std::unexpected(found.error());
            }
            if (!*found) {
                return {};
            }
            options_.on_line(which, **found);
        }
    }

    const run_options& options_;
    std::array<line_cutter, 2> lines_;
};

} // namespace windpipe::detail
