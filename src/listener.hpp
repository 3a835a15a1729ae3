// listener.hpp - who listens to what a run captures.
#pragma once

#include <windpipe/lines.hpp>
#include <windpipe/run.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace windpipe::detail {

/// Tells the caller of pieces and lines. Memory for lines is taken when one comes and somebody wants them.
class listener {
public:
    explicit listener(const run_options& options) noexcept : options_(options) {}

    [[nodiscard]] bool is_needed() const { return options_.on_output || options_.on_line; }

    result<void> hear(output_stream which, std::span<const std::byte> piece) {
        if (options_.on_output) {
            options_.on_output(which, piece);
        }
        if (!options_.on_line) {
            return {};
        }
        if (lines_ == nullptr) {
            lines_.reset(new (std::nothrow) cutters{line_cutter(options_.lines), line_cutter(options_.lines)});
            if (lines_ == nullptr) {
                return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "cut lines"});
            }
        }
        auto added = lines_of(which).add(piece);
        return added ? tell_lines(which) : added;
    }

    /// The last lines, which no line feed has ended.
    result<void> finish() {
        if (lines_ == nullptr) {
            return {};
        }
        for (const output_stream which : {output_stream::out, output_stream::err}) {
            lines_of(which).finish();
            if (auto told = tell_lines(which); !told) {
                return told;
            }
        }
        return {};
    }

private:
    using cutters = std::array<line_cutter, 2>;

    line_cutter& lines_of(output_stream which) { return (*lines_)[which == output_stream::out ? 0 : 1]; }

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
    std::unique_ptr<cutters> lines_;
};

} // namespace windpipe::detail
