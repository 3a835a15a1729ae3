#include "calls.hpp"

#include <windpipe/page_pool.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>

namespace windpipe {

namespace {

constexpr std::size_t copied_piece = 64UL * 1024;

error no_pool(std::string_view operation) {
    return {std::make_error_code(std::errc::bad_file_descriptor), operation, "this pool was moved from"};
}

error no_memory() { return {std::make_error_code(std::errc::not_enough_memory), "make page pool"}; }

} // namespace

/// A ring of memory, sent from its front to its end and over again.
///
/// INVARIANT: what the pipe may still refer to are the last bytes before next_, as many as are in the pipe at most. A
/// pipe holds no more than its capacity, and the ring is twice as large, so that there is always something free; except
/// if somebody has enlarged the pipe. Then what finds no place in the ring is copied.
struct page_pool::state {
    explicit state(pipe_writer&& writer) noexcept : end(std::move(writer)) {}
    ~state() {
        end.close();
        if (ring.data != nullptr) {
            platform::free_region(ring); // the pipe keeps the pages it refers to
        }
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    /// The free part of the ring that lies in one piece from next on.
    result<std::span<std::byte>> free_part() {
        const detail::endpoint::use call(detail::access::endpoint_of(end));
        if (!call) {
            return std::unexpected(detail::endpoint::closed_error("make room"));
        }
        const auto in_pipe = platform::available(call.handle());
        if (!in_pipe) {
            return std::unexpected(in_pipe.error());
        }
        const std::size_t free = ring.size - std::min(*in_pipe, ring.size);
        return std::span(ring.data + next, std::min(free, ring.size - next));
    }

    result<std::span<std::byte>> memory_to_copy() {
        if (!copied) {
            copied.reset(new (std::nothrow) std::byte[copied_piece]);
        }
        return copied ? result<std::span<std::byte>>(std::span(copied.get(), copied_piece))
                      : std::unexpected(no_memory());
    }

    void sent(std::size_t count) noexcept {
        if (copies) {
            std::ranges::copy(offered.subspan(count), offered.begin());
            offered = offered.first(offered.size() - count);
            return;
        }
        offered = offered.subspan(count);
        next = (next + count) % ring.size;
    }

    result<void> lend(std::size_t count, const wait_limit& limit) {
        return call_on(end, "send", limit, [&](auto handle, interruption& interrupted) -> result<void> {
            for (std::size_t done = 0; done < count;) {
                auto n = platform::lend_some(handle, offered.first(count - done), interrupted);
                if (!n) {
                    n.error().transferred = done;
                    return std::unexpected(std::move(n).error());
                }
                sent(*n);
                interrupted.moved(*n);
                done += *n;
            }
            return {};
        });
    }

    pipe_writer end;
    platform::region ring = {}; // nothing: all is copied
    std::size_t next = 0;       // where in the ring the next byte goes
    std::unique_ptr<std::byte[]> copied;
    std::span<std::byte> offered; // by the last room()
    bool copies = false;          // `offered` is not of the ring
    bool unsent = false;          // the last send() has left something at its front
};

page_pool::page_pool(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
page_pool::page_pool(page_pool&& other) noexcept = default;
page_pool& page_pool::operator=(page_pool&& other) noexcept = default;
page_pool::~page_pool() = default;

result<page_pool> page_pool::make(pipe_writer&& end) {
    const auto capacity = end.capacity();
    if (!capacity) {
        return std::unexpected(capacity.error());
    }
    platform::region ring;
    if (platform::lends_pages(end.native_handle())) {
        if (!platform::grow_region(ring, 2 * *capacity)) {
            return std::unexpected(no_memory());
        }
        platform::shrink_region(ring, 2 * *capacity);
    }
    std::unique_ptr<state> made(new (std::nothrow) state(std::move(end))); // no memory: no move
    if (made == nullptr) {
        if (ring.data != nullptr) {
            platform::free_region(ring);
        }
        return std::unexpected(no_memory());
    }
    made->ring = ring;
    return page_pool(std::move(made));
}

result<std::span<std::byte>> page_pool::room(std::size_t most) {
    if (state_ == nullptr) {
        return std::unexpected(no_pool("make room"));
    }
    state& now = *state_;
    if (!now.end.is_open()) {
        return std::unexpected(detail::endpoint::closed_error("make room"));
    }
    if (!(now.copies && now.unsent)) {
        auto free = now.ring.data != nullptr ? now.free_part() : std::span<std::byte>();
        if (!free) {
            return free;
        }
        now.copies = free->empty();
        if (now.copies) {
            free = now.memory_to_copy();
            if (!free) {
                return free;
            }
        }
        now.offered = *free;
    }
    return now.offered.first(std::min(most, now.offered.size()));
}

result<void> page_pool::send(std::size_t count, const wait_limit& limit) {
    if (state_ == nullptr) {
        return std::unexpected(no_pool("send"));
    }
    state& now = *state_;
    if (count > now.offered.size()) {
        return std::unexpected(
            error{std::make_error_code(std::errc::invalid_argument), "send",
                  std::to_string(count) + " bytes; there was room for " + std::to_string(now.offered.size())});
    }
    result<void> outcome;
    if (now.copies) {
        outcome = now.end.write(now.offered.first(count), limit);
        now.sent(outcome ? count : outcome.error().transferred);
    } else {
        outcome = now.lend(count, limit);
    }
    now.unsent = !outcome;
    if (outcome) {
        now.offered = {};
    }
    return outcome;
}

result<void> page_pool::write(const_buffer bytes, const wait_limit& limit) {
    for (std::size_t done = 0; done < bytes.size();) {
        const auto place = room(bytes.size() - done);
        result<void> sent;
        if (!place) {
            sent = std::unexpected(place.error());
        } else {
            std::ranges::copy(bytes.subspan(done, place->size()), place->begin());
            sent = send(place->size(), limit);
        }
        if (!sent) {
            sent.error().transferred += done;
            return sent;
        }
        done += place->size();
    }
    return {};
}

bool page_pool::lends() const noexcept { return state_ != nullptr && state_->ring.data != nullptr; }
pipe_writer& page_pool::end() noexcept { return state_->end; }

} // namespace windpipe
