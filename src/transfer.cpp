#include "calls.hpp"
#include "moving.hpp"
#include "passage.hpp"

#include <windpipe/transfer.hpp>

#include <string>

namespace windpipe {

using detail::access;
using detail::endpoint;
using platform::direction;
using platform::transfer_side;
using source = stream_plan::source;

namespace {

/// `reading` and `writing` are of the two sides, and need not have an end.
result<std::size_t> pass(const transfer_side& from, const transfer_side& to, std::size_t most, interruption& reading,
                         interruption& writing) {
    passage way(from, to, reading, writing);
    return move_all(most, reading, "transfer", [&](std::size_t left) { return way.move_some(left); });
}

std::unexpected<error> canceled() {
    return std::unexpected(interruption::gave_up(std::errc::operation_canceled, "transfer"));
}

/// Opens a file for a transfer of `end`.
result<unique_handle> open_for(const detail::pipe_end& end, source how, const std::string& path) {
    if (!end.is_open()) {
        return std::unexpected(endpoint::closed_error("transfer"));
    }
    if (path.empty() || path.find('\0') != std::string::npos) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), platform::open_file_step,
                                     path.empty() ? "the file name is empty" : "a NUL byte in the file name"});
    }
    return platform::open_file(path, how);
}

result<std::size_t> transfer_to_path(pipe_reader& from, source how, const std::string& path, std::size_t most,
                                     const wait_limit& limit) {
    const auto file = open_for(from, how, path);
    return file ? transfer(from, file->get(), most, limit) : std::unexpected(file.error());
}

} // namespace

result<std::size_t> transfer(pipe_reader& from, pipe_writer& to, std::size_t most, const wait_limit& limit) {
    const endpoint::use first(access::endpoint_of(from));
    const endpoint::use second(access::endpoint_of(to));
    if (!first || !second) {
        return std::unexpected(endpoint::closed_error("transfer"));
    }
    interruption reading(limit, access::endpoint_of(from));
    interruption writing(limit, access::endpoint_of(to));
    reading.together_with(writing);
    reading.called();
    writing.called();
    if (reading.canceled()) {
        return canceled();
    }
    if (auto flushed = flush_tied(from, limit); !flushed) {
        return std::unexpected(std::move(flushed).error());
    }
    return pass({.handle = first.handle()}, {.handle = second.handle()}, most, reading, writing);
}

result<std::size_t> transfer(pipe_reader& from, native_handle to, std::size_t most, const wait_limit& limit) {
    const auto file = platform::side_of(to, direction::write);
    if (!file) {
        return std::unexpected(file.error());
    }
    return call_on(from, "transfer", limit, [&](auto handle, interruption& reading) -> result<std::size_t> {
        if (auto flushed = flush_tied(from, limit); !flushed) {
            return std::unexpected(std::move(flushed).error());
        }
        interruption writing(limit);
        reading.together_with(writing);
        return pass({.handle = handle}, *file, most, reading, writing);
    });
}

result<std::size_t> transfer(native_handle from, pipe_writer& to, std::size_t most, const wait_limit& limit) {
    const auto file = platform::side_of(from, direction::read);
    if (!file) {
        return std::unexpected(file.error());
    }
    return call_on(to, "transfer", limit, [&](auto handle, interruption& writing) -> result<std::size_t> {
        interruption reading(limit);
        reading.together_with(writing);
        return pass(*file, {.handle = handle}, most, reading, writing);
    });
}

result<std::size_t> transfer(pipe_reader& from, const to_file& to, std::size_t most, const wait_limit& limit) {
    return transfer_to_path(from, source::write_file, to.path, most, limit);
}

result<std::size_t> transfer(pipe_reader& from, const append_to& to, std::size_t most, const wait_limit& limit) {
    return transfer_to_path(from, source::append_file, to.path, most, limit);
}

result<std::size_t> transfer(const from_file& from, pipe_writer& to, std::size_t most, const wait_limit& limit) {
    const auto file = open_for(to, source::read_file, from.path);
    return file ? transfer(file->get(), to, most, limit) : std::unexpected(file.error());
}

} // namespace windpipe
