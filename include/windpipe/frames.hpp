// frames.hpp - messages over an end: frame_reader, frame_writer.
//
// A pipe carries bytes, not messages: a read may give half of one or three. A framing tells where one ends. Hazards
// first. Two programs that write to each other without reading can wait for each other for ever: give every call a
// limit, or read in a thread of its own.
#pragma once

#include <windpipe/bytes.hpp>
#include <windpipe/error.hpp>
#include <windpipe/io.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace windpipe {

/// How a stream tells where a frame ends.
enum class framing {
    length_prefixed,        ///< 4 bytes hold its length, the most significant first; then its bytes
    length_prefixed_native, ///< the same in this machine's order of bytes: native messaging of browsers
    /// Its bytes, then a line feed, which it cannot hold: newline-delimited JSON, MCP. A carriage return in front of
    /// the line feed is a byte of the frame; JSON takes it for white space.
    newline,
    /// "Content-Length: N" and perhaps other fields, a line each, an empty line, then its bytes: language servers and
    /// debug adapters. Written with CR LF; a line feed alone is understood, too. The fields may take 4096 bytes.
    content_length,
};

/// What a frame_reader and a frame_writer may be told.
struct frame_options {
    framing format = framing::length_prefixed; ///< how frames are told apart
    /// The largest frame to accept or to send, in bytes. A reader takes memory for bytes that have come, not for those
    /// that a length promises; in all at most about twice the largest frame.
    std::size_t most = 64UL * 1024 * 1024;
};

/// A frame that was read, where it lies in the memory of its reader.
struct frame {
    std::span<const std::byte> bytes; ///< without what delimits it

    /// The bytes as text.
    [[nodiscard]] std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

namespace detail {

/// Cuts a stream into frames. It reads nothing itself.
class frame_cutter {
public:
    explicit frame_cutter(const frame_options& options) noexcept : options_(options) {}

    /// The next frame, if all of it is there. A stream that breaks the rules is an error, again and again.
    result<std::optional<frame>> next();
    /// Where the next bytes of the stream go to: to be asked for when next() has given nothing.
    result<std::span<std::byte>> room();
    void took(std::size_t n) noexcept { bytes_.commit(n); }
    /// What the end of the stream is: nothing, or an error where it is within a frame.
    [[nodiscard]] result<std::optional<frame>> end() const;

    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return bytes_.bytes(); }

private:
    struct extent {
        std::size_t head = 0;
        std::size_t size = 0;
        std::size_t tail = 0;
    };

    std::optional<extent> measure();
    std::optional<extent> measure_prefixed();
    std::optional<extent> measure_line();
    std::optional<extent> measure_headed();
    std::optional<std::size_t> find_line_feed() noexcept;
    void read_field(std::string_view line);
    void refuse(std::errc code, std::string_view why) noexcept;
    void refuse_too_long() noexcept;

    frame_options options_;
    byte_queue bytes_;
    std::size_t looked_ = 0; // at so many bytes from the front, for line feeds
    std::size_t line_ = 0;   // where the line of the head begins that is not read yet
    bool head_read_ = false;
    std::optional<std::size_t> length_;
    std::errc problem_{};
    std::string_view why_;
};

/// What is around a frame on its way.
class frame_envelope {
public:
    frame_envelope(framing format, std::size_t size) noexcept;

    [[nodiscard]] const_buffer head() const noexcept { return std::span(head_).first(head_size_); }
    [[nodiscard]] const_buffer tail() const noexcept { return std::span(tail_).first(tail_size_); }

private:
    std::array<std::byte, 40> head_{}; // "Content-Length: ", 20 digits, two ends of line
    std::array<std::byte, 1> tail_{};
    std::size_t head_size_ = 0;
    std::size_t tail_size_ = 0;
};

/// That a frame can be sent so.
result<void> check_frame(const frame_options& options, const_buffer bytes);

/// The part of a frame that its writer could not send yet.
class frame_rest {
public:
    [[nodiscard]] const_buffer bytes() const noexcept { return bytes_.bytes(); }
    /// Keeps the pieces without their first `sent` bytes. Without memory for that the stream is cut off.
    void keep(std::span<const const_buffer> pieces, std::size_t sent) noexcept;
    void sent(std::size_t n) noexcept { bytes_.drop(n); }
    /// That nothing was lost.
    [[nodiscard]] result<void> intact() const;

private:
    byte_queue bytes_;
    bool lost_ = false;
};

} // namespace detail

/// Reads frames from a stream: `frame_reader answers(std::move(child.out), {.format = framing::content_length})`.
///
/// It reads ahead as far as there is something to read, so that many small frames cost one system call.
///
/// *Ownership*: owns its end. Move-only, if the end is.
/// *Threads*: one thread at a time.
/// *Example*: examples/language_server.cpp
template <byte_source Source>
class frame_reader {
public:
    /// Takes the end over. Nothing is read yet.
    explicit frame_reader(Source end, const frame_options& options = {}) : end_(std::move(end)), cutter_(options) {}

    /// The next frame.
    ///
    /// *Blocks*: until all of it has come.
    /// *Returns*: the frame, which stays valid until the next call, or nothing at the end of the stream.
    /// *Errors*: those of read_some() of the end; what had come of the frame is kept, and the next call goes on.
    /// `connection_aborted` (the stream ended within a frame), `bad_message` (what should tell the length does not),
    /// `message_size` (a frame of more than frame_options::most bytes): these come again with every later call, and
    /// buffered() shows where. `not_enough_memory` (nothing is lost).
    [[nodiscard]] result<std::optional<frame>> next(const wait_limit& limit = {}) {
        for (;;) {
            if (auto found = cutter_.next(); !found || *found) {
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
            if (*came == 0) {
                return cutter_.end();
            }
            cutter_.took(*came);
        }
    }

    /// What has been read behind the last frame: whoever goes on with the end without this reader takes it first.
    [[nodiscard]] std::span<const std::byte> buffered() const noexcept { return cutter_.rest(); }
    /// The end itself, e.g. to close it.
    [[nodiscard]] Source& end() noexcept { return end_; }

private:
    Source end_;
    detail::frame_cutter cutter_;
};

/// Writes frames to a stream. A frame of up to 4 KiB with what is around it is one write, never mixed with those of
/// other writers. Over a buffered_writer many frames are one system call: flush that before you wait for an answer.
///
/// *Ownership*: owns its end. Move-only, if the end is. The destructor sends nothing.
/// *Threads*: one thread at a time.
/// *Example*: examples/language_server.cpp
template <byte_sink Sink>
class frame_writer {
public:
    /// Takes the end over. Nothing is sent yet.
    explicit frame_writer(Sink end, const frame_options& options = {}) : end_(std::move(end)), options_(options) {}

    /// Writes one frame.
    ///
    /// *Blocks*: as write() of the end.
    /// *Errors*: `message_size` (more than frame_options::most bytes, or than a length of 4 bytes can tell),
    /// `invalid_argument` (a line feed in a frame that ends with one): nothing was sent. Those of write() of the end:
    /// with error::transferred of 0 nothing of this frame was sent, and it can be written again; otherwise it is on its
    /// way, its rest is kept, and flush() or the next write() sends that first. `connection_aborted`: the rest of an
    /// earlier frame could not be kept for want of memory.
    [[nodiscard]] result<void> write(const_buffer bytes, const wait_limit& limit = {}) {
        auto sent = detail::check_frame(options_, bytes);
        if (sent) {
            sent = flush(limit);
        }
        if (!sent) {
            sent.error().transferred = 0; // of this frame
            return sent;
        }
        const detail::frame_envelope around(options_.format, bytes.size());
        const std::array<const_buffer, 3> pieces{around.head(), bytes, around.tail()};
        sent = send(pieces, limit);
        if (!sent && sent.error().transferred > 0) {
            rest_.keep(pieces, sent.error().transferred);
        }
        return sent;
    }
    /// The same of text.
    [[nodiscard]] result<void> write(std::string_view text, const wait_limit& limit = {}) {
        return write(std::as_bytes(std::span(text)), limit);
    }

    /// Sends what is left of a frame that was begun.
    ///
    /// *Errors*: those of write(). What was not sent is kept; error::transferred bytes were.
    [[nodiscard]] result<void> flush(const wait_limit& limit = {}) {
        if (rest_.bytes().empty()) {
            return rest_.intact();
        }
        auto sent = end_.write(rest_.bytes(), limit);
        rest_.sent(sent ? rest_.bytes().size() : sent.error().transferred);
        return sent;
    }

    /// Bytes of a frame that was begun and is not sent yet.
    [[nodiscard]] std::size_t unsent() const noexcept { return rest_.bytes().size(); }
    /// The end itself, e.g. to close it. What is written to it must not fall into a frame: see unsent().
    [[nodiscard]] Sink& end() noexcept { return end_; }

private:
    result<void> send(std::span<const const_buffer> pieces, const wait_limit& limit) {
        if constexpr (requires { end_.write_gather(pieces, limit); }) {
            return end_.write_gather(pieces, limit);
        } else {
            std::size_t before = 0;
            for (const const_buffer piece : pieces) {
                if (auto sent = piece.empty() ? result<void>{} : end_.write(piece, limit); !sent) {
                    sent.error().transferred += before;
                    return sent;
                }
                before += piece.size();
            }
            return {};
        }
    }

    Sink end_;
    frame_options options_;
    detail::frame_rest rest_;
};

} // namespace windpipe
