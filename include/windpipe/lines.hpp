// lines.hpp - text line by line: line_reader; see run_options::on_line for the lines of both outputs of a child.
#pragma once

#include <windpipe/bytes.hpp>
#include <windpipe/error.hpp>
#include <windpipe/io.hpp>
#include <windpipe/limits.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace windpipe {

/// What ended a line, or a piece of one.
enum class line_end {
    line_feed, ///< a line feed, or a carriage return and a line feed
    stream,    ///< the stream: a last line without an end of its own
    cut,       ///< the limit: the next piece goes on with the same line
};

/// A line that was read, where it lies in the memory of its reader.
struct line {
    std::string_view text;              ///< without its end: "\n", or "\r\n"
    line_end end = line_end::line_feed; ///< what ended it
};

/// What becomes of a line that is longer than the limit. Nothing of it is lost either way.
enum class long_lines {
    refuse, ///< an error, `message_size`
    cut,    ///< it comes in pieces of line_options::most bytes, wherever that is within its text; see line_end::cut
};

/// What a line_reader may be told.
struct line_options {
    std::size_t most = 1024UL * 1024;         ///< the longest line, in bytes without its end
    long_lines too_long = long_lines::refuse; ///< what becomes of longer ones
};

namespace detail {

/// Cuts a stream into lines. It reads nothing itself.
class line_cutter {
public:
    explicit line_cutter(const line_options& options) noexcept : options_(options) {}

    /// The next line, if all of it is there.
    result<std::optional<line>> next();
    /// Where the next bytes of the stream go to: to be asked for when next() has given nothing.
    result<std::span<std::byte>> room();
    void took(std::size_t n) noexcept { bytes_.commit(n); }
    /// Adds bytes that are elsewhere.
    result<void> add(std::span<const std::byte> bytes);
    /// The stream has ended: what is left is a line.
    void finish() noexcept { finished_ = true; }
    [[nodiscard]] bool finished() const noexcept { return finished_; }

    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return bytes_.bytes(); }

private:
    std::optional<line> take(std::size_t size, std::size_t with_end, line_end end) noexcept;

    line_options options_;
    byte_queue bytes_;
    std::size_t looked_ = 0; // at so many bytes from the front, for line feeds
    bool finished_ = false;
};

} // namespace detail

/// Reads text line by line: `line_reader answers(std::move(child.out))`. A line ends with a line feed; one carriage
/// return in front of that is not part of it, any other is. What a line holds is bytes: no character set is assumed.
///
/// It reads ahead as far as there is something to read, so that many lines cost one system call.
///
/// *Ownership*: owns its end. Move-only, if the end is.
/// *Threads*: one thread at a time.
/// *Example*: examples/interactive.cpp
template <byte_source Source>
class line_reader {
public:
    /// Takes the end over. Nothing is read yet.
    explicit line_reader(Source end, const line_options& options = {}) : end_(std::move(end)), cutter_(options) {}

    /// The next line.
    ///
    /// *Blocks*: until all of it has come.
    /// *Returns*: the line, which stays valid until the next call, or nothing at the end of the stream. A last line
    /// without a line feed is a line: line::end tells.
    /// *Errors*: those of read_some() of the end; what had come of the line is kept, and the next call goes on.
    /// `message_size` (a line of more than line_options::most bytes, which shall be refused): again with every later
    /// call, and buffered() shows it. `not_enough_memory` (nothing is lost).
    [[nodiscard]] result<std::optional<line>> next(const wait_limit& limit = {}) {
        for (;;) {
            if (auto found = cutter_.next(); !found || *found || cutter_.finished()) {
                return found;
            }
            auto room = cutter_.room();
            if (!room) {
                return std::unexpected(std::move(room).error());
            }
            auto came = end_.read_some(*room, limit);
            if (!came) {
                return std::unexpected(std::move(came).error());
            }
            cutter_.took(*came);
            if (*came == 0) {
                cutter_.finish();
            }
        }
    }

    /// What has been read behind the last line: whoever goes on with the end without this reader takes it first.
    [[nodiscard]] std::span<const std::byte> buffered() const noexcept { return cutter_.rest(); }
    /// The end itself, e.g. to close it.
    [[nodiscard]] Source& end() noexcept { return end_; }

private:
    Source end_;
    detail::line_cutter cutter_;
};

} // namespace windpipe
