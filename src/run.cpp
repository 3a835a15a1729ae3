#include "access.hpp"
#include "process_state.hpp"
#include "session.hpp"

#include <windpipe/lines.hpp>
#include <windpipe/run.hpp>

#include <array>
#include <utility>

namespace windpipe {

std::string capture::text() const {
    if (skipped == 0) {
        return head.str() + tail;
    }
    return head.str() + "\n[... " + std::to_string(skipped) + " bytes not kept ...]\n" + tail;
}

std::string run_result::text() const {
    std::string line = status.text();
    if (ended_by == ended_by::timed_out) {
        line += "; its time was over";
        line += holders.known.empty() ? "" : " while its output was held by " + holders.text();
    } else if (ended_by == ended_by::canceled) {
        line += "; it was called off";
    } else if (writers_alive) {
        line += "; its output is still held by " + holders.text();
    }
    return line;
}

namespace {

/// Tells the caller of pieces and lines.
class listener {
public:
    explicit listener(const run_options& options)
        : options_(options), lines_{detail::line_cutter(options.lines), detail::line_cutter(options.lines)} {}

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
    detail::line_cutter& lines_of(output_stream which) { return lines_[which == output_stream::out ? 0 : 1]; }

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
    std::array<detail::line_cutter, 2> lines_;
};

detail::session_options session_options_of(const run_options& options, listener& ear) {
    detail::session_options made{.input = options.input,
                                 .out = options.out,
                                 .err = options.err,
                                 .on_output = {},
                                 .end = options.end,
                                 .limit = options.limit};
    if (ear.is_needed()) {
        made.on_output = [&ear](std::size_t /*child*/, output_stream which, std::span<const std::byte> piece) {
            return ear.hear(which, piece);
        };
    }
    return made;
}

} // namespace

result<run_result> run(command& what, const run_options& options) {
    using detail::access;
    const bool feeds = std::holds_alternative<inherit_t>(access::in_of(what));
    if (!feeds && !options.input.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "open stdin",
                                     "the command sets its own standard input, and run() was given input as well"});
    }
    auto started = access::spawn(what, true);
    if (!started) {
        return std::unexpected(std::move(started).error());
    }
    if (!feeds) {
        started->in.close(); // in(piped) by the caller: nobody else could write to it
    }
    listener ear(options);
    const auto how = session_options_of(options, ear);
    detail::session session({&*started, 1}, how);
    auto end = session.drive();
    if (!end) {
        return std::unexpected(std::move(end).error());
    }
    if (auto told = ear.finish(); !told) {
        return std::unexpected(std::move(told).error());
    }
    const auto report = *access::process_of(*started).report(); // drive() has reaped it
    return run_result{.status = report.status,
                      .out = session.take(0, output_stream::out),
                      .err = session.take(0, output_stream::err),
                      .ended_by = end->why,
                      .writers_alive = end->writers_alive,
                      .holders = std::move(end->holders),
                      .input_written = end->input_written,
                      .usage = report.usage};
}

result<run_result> run(command&& what, const run_options& options) { return run(what, options); }

} // namespace windpipe
