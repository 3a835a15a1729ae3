#include "passage.hpp"

#include "calls.hpp"

#include <algorithm>
#include <new>

namespace windpipe {

result<std::span<std::byte>> passage::memory(std::size_t most) {
    constexpr std::size_t size = 64UL * 1024;
    if (!memory_) {
        memory_.reset(new (std::nothrow) std::byte[size]);
    }
    if (!memory_) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "transfer"});
    }
    return std::span(memory_.get(), std::min(size, most));
}

result<std::size_t> passage::move_some(std::size_t most) {
    auto moved = move(most);
    if (moved) {
        reading_.moved(*moved);
        writing_.moved(*moved);
    }
    return moved;
}

result<std::size_t> passage::copy_some(std::size_t most) { return counted(copy(most), writing_); }

result<std::size_t> passage::drop_some(std::size_t most) {
    auto buffer = memory(most);
    return buffer ? counted(platform::read_some(from_.handle, *buffer, reading_), reading_)
                  : std::unexpected(std::move(buffer).error());
}

result<std::optional<std::size_t>> passage::without_copy(by_reference& call, std::size_t most) {
    if (!splices_) {
        return std::nullopt;
    }
    auto passed = call(from_.handle, to_.handle, most, reading_, writing_);
    splices_ = !passed || *passed;
    return passed;
}

result<std::span<std::byte>> passage::look_at(std::size_t most) {
    auto buffer = memory(most);
    if (!buffer) {
        return buffer;
    }
    const auto seen = look(*buffer);
    return seen ? result<std::span<std::byte>>(buffer->first(*seen)) : std::unexpected(seen.error());
}

/// Where bytes pass through memory, what is there is looked at, written, and only then taken, as far as it was written.
result<std::size_t> passage::move(std::size_t most) {
    if (auto moved = without_copy(platform::splice_some, most); !moved || *moved) {
        return moved ? result<std::size_t>(**moved) : std::unexpected(std::move(moved).error());
    }
    auto seen = look_at(most);
    if (!seen || seen->empty()) {
        return seen ? result<std::size_t>(0) : std::unexpected(std::move(seen).error());
    }
    auto written = write_some(*seen);
    auto taken = take(*seen, written.value_or(0));
    return taken ? written : std::unexpected(std::move(taken).error()); // whatever became of the write
}

result<std::size_t> passage::copy(std::size_t most) {
    if (auto copied = without_copy(platform::tee_some, most); !copied || *copied) {
        return copied ? result<std::size_t>(**copied) : std::unexpected(std::move(copied).error());
    }
    auto seen = look_at(most);
    if (!seen || seen->empty()) {
        return seen ? result<std::size_t>(0) : std::unexpected(std::move(seen).error());
    }
    return write_some(*seen);
}

result<std::size_t> passage::look(std::span<std::byte> buffer) {
    if (from_.what != side::kind::pipe) {
        return platform::look(from_, buffer, reading_);
    }
    while (true) {
        const auto more = platform::wait_readable(from_.handle, reading_);
        if (!more || !*more) {
            return more ? result<std::size_t>(0) : std::unexpected(more.error());
        }
        if (auto seen = platform::peek(from_.handle, buffer); !seen || *seen > 0) {
            return seen;
        }
    }
}

result<void> passage::take(std::span<std::byte> seen, std::size_t count) {
    if (from_.what != side::kind::pipe) {
        return platform::take(from_, seen, count);
    }
    // They are there, and written already: a stop that comes now is too late.
    const wait_limit unlimited;
    interruption uninterrupted(unlimited);
    for (std::size_t taken = 0; taken < count;) {
        const auto n = platform::read_some(from_.handle, seen.subspan(taken, count - taken), uninterrupted);
        if (!n) {
            return std::unexpected(n.error());
        }
        taken += *n;
    }
    return {};
}

result<std::size_t> passage::write_some(const_buffer bytes) {
    return to_.what == side::kind::pipe ? platform::write_some(to_.handle, {&bytes, 1}, no_limit, false, writing_)
                                        : platform::put(to_, bytes, writing_);
}

} // namespace windpipe
