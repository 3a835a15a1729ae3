#include "access.hpp"
#include "listener.hpp"
#include "process_state.hpp"
#include "session.hpp"
#include "write_buffer.hpp"

#include <windpipe/run.hpp>

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

detail::session_options session_options_of(const run_options& options, detail::listener& ear) {
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
    detail::listener ear(options);
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

result<child_output> read_to_end(child& from, const read_options& options) {
    if (!from) {
        return std::unexpected(detail::access::no_process("read to end"));
    }
    for (const pipe_reader* each : {&from.out, &from.err}) {
        const auto* const end = detail::access::endpoint_of(*each);
        if (end != nullptr && end->tied() != nullptr) { // as far as there is room: we must not wait for the child now
            (void)end->tied()->flush({.until = deadline::clock::time_point{}});
        }
    }
    const detail::session_options how{.input = {},
                                      .out = options.out,
                                      .err = options.err,
                                      .on_output = {},
                                      .end = options.end,
                                      .limit = options.limit,
                                      .only_reads = true};
    detail::session session({&from, 1}, how);
    auto end = session.drive();
    if (!end) {
        return std::unexpected(std::move(end).error());
    }
    return child_output{.out = session.take(0, output_stream::out),
                        .err = session.take(0, output_stream::err),
                        .ended_by = end->why,
                        .writers_alive = end->writers_alive,
                        .holders = std::move(end->holders)};
}

} // namespace windpipe
