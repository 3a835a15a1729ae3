// pipe_kinds.cpp - how each kind of pipe comes about.
#include "pipe_kinds.hpp"

#include "support/children.hpp"
#include "support/foreign.hpp"

#include <windpipe/child.hpp>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace windpipe_test {

namespace {

using windpipe::or_throw;

struct lent_streams {
    windpipe::child child;
    windpipe::unique_handle in;
    windpipe::unique_handle out;
};

/// Copies of a child's streams, as it holds them. The child is killed: the copies are the only ones.
lent_streams borrow(windpipe::command&& lender, bool in, bool out) {
    auto child = or_throw(std::move(lender).err(windpipe::piped).spawn());
    std::string line;
    for (std::array<std::byte, 1> byte{}; line.empty() || line.back() != '\n';) {
        if (or_throw(child.err.read_some(byte)) == 0) {
            throw std::runtime_error("lend_streams ended early: " + line);
        }
        line.push_back(static_cast<char>(byte[0]));
    }
    char* next = nullptr;
    const std::uint64_t in_name = std::strtoull(line.c_str(), &next, 10);
    const std::uint64_t out_name = std::strtoull(next, nullptr, 10);
    lent_streams lent;
    if (in) {
        lent.in = copy_from_child(child.pid(), 0, in_name);
    }
    if (out) {
        lent.out = copy_from_child(child.pid(), 1, out_name);
    }
    or_throw(child.kill());
    or_throw(child.wait());
    lent.child = std::move(child);
    return lent;
}

windpipe::pipe_ends make(const windpipe::pipe_options& options) { return or_throw(windpipe::make_pipe(options)); }

/// Given away as native handles and taken over again.
windpipe::pipe_ends adopt(const windpipe::pipe_options& options) {
    auto [reader, writer] = make(options);
    return {or_throw(windpipe::pipe_reader::adopt(reader.release())),
            or_throw(windpipe::pipe_writer::adopt(writer.release()))};
}

/// Duplicates, the originals being closed.
windpipe::pipe_ends duplicate(const windpipe::pipe_options& options) {
    const auto originals = make(options);
    return {or_throw(originals.reader.duplicate()), or_throw(originals.writer.duplicate())};
}

/// The pipe of a child's output: the parent's read end and a copy of the child's write end. The child is gone.
windpipe::pipe_ends from_child(const windpipe::pipe_options& /*options*/) {
    auto lent = borrow(child_command("lend_streams").in(windpipe::null).out(windpipe::piped), false, true);
    return {std::move(lent.child.out), or_throw(windpipe::pipe_writer::adopt(std::move(lent.out)))};
}

/// The pipe of a child's input: the parent's write end and a copy of the child's read end. The child is gone.
windpipe::pipe_ends to_child(const windpipe::pipe_options& /*options*/) {
    auto lent = borrow(child_command("lend_streams").in(windpipe::piped).out(windpipe::null), true, false);
    return {or_throw(windpipe::pipe_reader::adopt(std::move(lent.in))), std::move(lent.child.in)};
}

// ---- rings, as large as the pipes of the system are

windpipe::ring_ends ring_of(const windpipe::pipe_options& options, windpipe::ring_mode mode) {
    constexpr std::size_t usual = 65536;
    return or_throw(windpipe::make_ring({.capacity = options.capacity == 0 ? usual : options.capacity, .mode = mode}));
}

windpipe::ring_ends make_ring(const windpipe::pipe_options& options) {
    return ring_of(options, windpipe::ring_mode::exclusive);
}

windpipe::ring_ends make_shared_ring(const windpipe::pipe_options& options) {
    return ring_of(options, windpipe::ring_mode::shared);
}

/// Of duplicates, the originals being closed, that were given away as native handles and taken over. Their counters
/// are near the end of the memory, so that most of what follows goes over it.
windpipe::ring_ends make_moved_ring(const windpipe::pipe_options& options) {
    auto originals = make_ring(options);
    constexpr std::size_t before_the_end = 100;
    const std::vector<std::byte> bytes(or_throw(originals.reader.capacity()) - before_the_end);
    or_throw(originals.writer.write(bytes));
    or_throw(originals.reader.peek(bytes.size()));
    or_throw(originals.reader.consume(bytes.size()));
    auto reader = or_throw(originals.reader.duplicate());
    auto writer = or_throw(originals.writer.duplicate());
    originals.reader.close();
    originals.writer.close();
    return {or_throw(windpipe::ring_reader::adopt(reader.release())),
            or_throw(windpipe::ring_writer::adopt(writer.release()))};
}

} // namespace

std::span<const pipe_kind<ring>> ring::kinds() {
    static constexpr std::array<pipe_kind<ring>, 3> all{{
        {.name = "ring", .sized = true, .make = make_ring},
        {.name = "moved_ring", .sized = true, .make = make_moved_ring},
        {.name = "shared_ring", .sized = true, .make = make_shared_ring},
    }};
    return all;
}

std::span<const pipe_kind<system_pipe>> system_pipe::kinds() {
    static constexpr std::array<pipe_kind<system_pipe>, 5> all{{
        {.name = "made", .sized = true, .make = make},
        {.name = "adopted", .sized = true, .make = adopt},
        {.name = "duplicated", .sized = true, .make = duplicate},
        {.name = "from_child", .sized = false, .make = from_child},
        {.name = "to_child", .sized = false, .make = to_child},
    }};
    return all;
}

} // namespace windpipe_test
