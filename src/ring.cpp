#include "ring_state.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <string>
#include <type_traits>

namespace windpipe {

using detail::access;
using detail::endpoint;
using detail::ring_access;
using detail::ring_mapping;
using detail::ring_state;
using detail::ring_view;

namespace detail {

// ---- one end

ring_state::ring_state(pipe_reader&& woken_by, pipe_writer&& wakes, unique_handle&& memory, unique_handle&& turns,
                       std::shared_ptr<ring_view> view) noexcept
    : woken_by_(std::move(woken_by)), wakes_(std::move(wakes)), memory_(std::move(memory)), turns_(std::move(turns)),
      view_(std::move(view)) {
    const std::scoped_lock lock(view_->lock());
    view_->add_end();
}

result<void> ring_for(const ring_state& end, std::size_t moved, std::string_view operation) {
    auto rung = end.view()->ring(end.wakes(), operation);
    if (!rung && rung.error().code != std::errc::broken_pipe) { // else nobody will see these bytes
        rung.error().transferred = moved;
    }
    return rung;
}

result<void> own_call::wake_and_leave(const ring_state& end, std::size_t moved, std::string_view operation) {
    auto woken = end.view()->must_ring() ? ring_for(end, moved, operation) : result<void>{};
    end.view()->lock().leave();
    return woken;
}

void ring_state::close() noexcept {
    woken_by_.close();
    (void)leave(true);
}

ring_handles ring_state::take() noexcept {
    unique_handle woken_by = woken_by_.release();
    ring_handles taken = leave(false);
    if (!woken_by || !taken.wakes) {
        return {};
    }
    taken.woken_by = std::move(woken_by);
    return taken;
}

/// PRE: woken_by_ is closed. No call begins any more, and none that waits is left; but one that is quick may be there.
ring_handles ring_state::leave(bool closes) noexcept {
    const std::scoped_lock closing(closing_);
    if (std::exchange(left_, true)) {
        return {};
    }
    // In a child made by fork, a thread that does not exist here may have had the lock.
    std::unique_lock lock(view_->lock(), std::defer_lock);
    const bool ours = view_->is_ours();
    if (ours) {
        lock.lock();
    }
    watch_.reset();
    ring_handles taken{.woken_by = {},
                       .wakes = wakes_.release(),
                       .memory = std::move(memory_),
                       .turns = std::move(turns_),
                       .writes = view_->writes()};
    if (closes) {
        taken.reset(); // before the other side is told: who is told asks the system
    }
    view_->remove_end(closes && ours);
    return taken;
}

bool ring_state::is_shared() const noexcept {
    const endpoint::use call(access::endpoint_of(woken_by_));
    if (!call || !view_->is_ours()) {
        return false;
    }
    const std::scoped_lock lock(view_->lock());
    return view_->is_shared() && !view_->takes_turns();
}

error not_after_fork(std::string_view operation) {
    return {std::make_error_code(std::errc::operation_not_permitted), operation,
            "this end belongs to the process that has forked; a child gets an end by command::give()"};
}

error not_with_turns(std::string_view operation) {
    return {std::make_error_code(std::errc::operation_not_supported), operation,
            "several processes may be at this side: see ring_mode::shared"};
}

error has_duplicates(std::string_view operation) {
    return {std::make_error_code(std::errc::device_or_resource_busy), operation,
            "this process has a duplicate of this end, and a side of a ring is in one process only: close the others"};
}

ring_end::ring_end() noexcept = default;
ring_end::ring_end(std::unique_ptr<ring_state> state) noexcept : state_(std::move(state)) {}
ring_end::ring_end(ring_end&& other) noexcept = default;
ring_end& ring_end::operator=(ring_end&& other) noexcept = default;
ring_end::~ring_end() = default;

bool ring_end::is_open() const noexcept { return state_ != nullptr && state_->woken_by().is_open(); }

void ring_end::close() noexcept {
    if (state_ != nullptr) {
        state_->close();
    }
}

native_handle ring_end::native_handle() const noexcept {
    return state_ != nullptr ? state_->woken_by().native_handle() : no_handle;
}

ring_handles ring_end::release() noexcept { return state_ != nullptr ? state_->take() : ring_handles{}; }

result<std::size_t> ring_end::capacity() const {
    const endpoint::use call(state_ != nullptr ? access::endpoint_of(state_->woken_by()) : nullptr);
    return call ? result<std::size_t>(state_->view()->capacity()) : std::unexpected(endpoint::closed_error("capacity"));
}

result<void> ring_end::enable_counters() noexcept {
    return state_ != nullptr ? state_->woken_by().enable_counters()
                             : std::unexpected(endpoint::closed_error("enable counters"));
}

end_counters ring_end::counters() const noexcept {
    return state_ != nullptr ? state_->woken_by().counters() : end_counters{};
}

} // namespace detail

// ---- making, taking, copying

namespace {

template <class End>
constexpr auto side_of = std::is_same_v<End, ring_writer> ? ring_indices::side::writes : ring_indices::side::reads;

/// What the side of an end needs beside its pipes; none of it where no other process can be there.
result<platform::turn_taker_ptr> turns_of(const ring_handles& handles, const ring_mapping& mapped,
                                          ring_indices::side whose) {
    return handles.turns ? platform::join_turns(handles.memory.get(), mapped.words(whose).own_turn())
                         : result<platform::turn_taker_ptr>(nullptr);
}

/// That the handles can be those of an end.
template <class End>
result<void> check_parts(const ring_handles& handles) {
    constexpr bool writes = side_of<End> == ring_indices::side::writes;
    if (auto checked = platform::check_end(handles.woken_by.get(), platform::direction::read); !checked) {
        return checked;
    }
    if (auto checked = platform::check_end(handles.wakes.get(), platform::direction::write); !checked) {
        return checked;
    }
    if (handles.writes != writes) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "adopt",
                                     writes ? "it is the read end of a ring" : "it is the write end of a ring"});
    }
    return handles.turns ? platform::check_turns(handles.turns.get()) : result<void>{};
}

template <class End>
result<End> adopt_ring(ring_handles&& handles) {
    if (auto checked = check_parts<End>(handles); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    auto mapped = ring_mapping::of(handles.memory.get());
    if (!mapped) {
        return std::unexpected(std::move(mapped).error());
    }
    if (!(*mapped)->is_marked()) {
        return std::unexpected(error{std::make_error_code(std::errc::protocol_error), "adopt",
                                     "this memory does not say that it is a ring of this version of windpipe"});
    }
    if ((*mapped)->takes_turns() != static_cast<bool>(handles.turns)) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "adopt",
                                     handles.turns ? "this ring is not of ring_mode::shared"
                                                   : "the handle for the turns of ring_mode::shared is missing"});
    }
    auto turns = turns_of(handles, **mapped, side_of<End>);
    if (!turns) {
        return std::unexpected(std::move(turns).error());
    }
    auto view = ring_view::of(std::move(*mapped), side_of<End>, std::move(*turns));
    if (!view) {
        return std::unexpected(std::move(view).error());
    }
    return ring_access::make<End>(handles, std::move(*view));
}

template <class End>
result<End> duplicate_ring(const detail::ring_end& end) {
    const ring_state* const state = ring_access::state_of(end);
    const endpoint::use call(state != nullptr ? access::endpoint_of(state->woken_by()) : nullptr);
    if (!call) {
        return std::unexpected(endpoint::closed_error("duplicate"));
    }
    if (!state->view()->is_ours()) {
        return std::unexpected(detail::not_after_fork("duplicate"));
    }
    ring_handles copy;
    const std::pair<native_handle, unique_handle*> parts[] = {{call.handle(), &copy.woken_by},
                                                              {state->wakes(), &copy.wakes},
                                                              {state->memory(), &copy.memory},
                                                              {state->turns(), &copy.turns}};
    for (const auto& [from, to] : parts) {
        if (from == no_handle) {
            continue;
        }
        auto made = platform::duplicate(from);
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        *to = std::move(*made);
    }
    return ring_access::make<End>(copy, state->view());
}

/// New memory and a second handle for it.
result<std::pair<unique_handle, unique_handle>> make_memory(std::size_t wish) {
    constexpr std::size_t usual = 1UL << 20U;
    constexpr std::size_t least = platform::ring_header_size;
    if (wish > INT_MAX) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "make ring",
                                     std::to_string(wish) + " bytes; a ring holds at most 2 GiB"});
    }
    auto first = platform::create_ring_memory(wish == 0 ? usual : std::max(std::bit_ceil(wish), least));
    if (!first) {
        return std::unexpected(std::move(first).error());
    }
    auto second = platform::duplicate(first->get());
    if (!second) {
        return std::unexpected(std::move(second).error());
    }
    return std::pair(std::move(*first), std::move(*second));
}

} // namespace

result<ring_reader> ring_reader::adopt(ring_handles&& handles) { return adopt_ring<ring_reader>(std::move(handles)); }
result<ring_writer> ring_writer::adopt(ring_handles&& handles) { return adopt_ring<ring_writer>(std::move(handles)); }
result<ring_reader> ring_reader::duplicate() const { return duplicate_ring<ring_reader>(*this); }
result<ring_writer> ring_writer::duplicate() const { return duplicate_ring<ring_writer>(*this); }

namespace {

/// One end of new memory: its handles, and what they are in this process.
template <class End>
result<End> make_side(ring_handles& handles, const std::shared_ptr<ring_mapping>& mapped, ring_mode mode) {
    handles.writes = side_of<End> == ring_indices::side::writes;
    if (mode == ring_mode::shared) {
        auto place = platform::create_turns();
        if (!place) {
            return std::unexpected(std::move(place).error());
        }
        handles.turns = std::move(*place);
    }
    auto turns = turns_of(handles, *mapped, side_of<End>);
    if (!turns) {
        return std::unexpected(std::move(turns).error());
    }
    auto view = ring_view::of(mapped, side_of<End>, std::move(*turns));
    return view ? ring_access::make<End>(handles, std::move(*view)) : std::unexpected(std::move(view).error());
}

} // namespace

result<ring_ends> make_ring(const ring_options& options) {
    auto memory = make_memory(options.capacity);
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    auto mapped = ring_mapping::of(memory->first.get());
    if (!mapped) {
        return std::unexpected(std::move(mapped).error());
    }
    (*mapped)->begin(options.mode == ring_mode::shared);
    constexpr std::size_t little = 4096; // they never hold more than a few bytes
    auto data_bell = platform::create_pipe(little, platform::local_end::reader);
    if (!data_bell) {
        return std::unexpected(std::move(data_bell).error());
    }
    auto room_bell = platform::create_pipe(little, platform::local_end::reader);
    if (!room_bell) {
        return std::unexpected(std::move(room_bell).error());
    }
    ring_handles reads{.woken_by = std::move(data_bell->reader),
                       .wakes = std::move(room_bell->writer),
                       .memory = std::move(memory->first)};
    auto reader = make_side<ring_reader>(reads, *mapped, options.mode);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    ring_handles writes{.woken_by = std::move(room_bell->reader),
                        .wakes = std::move(data_bell->writer),
                        .memory = std::move(memory->second)};
    auto writer = make_side<ring_writer>(writes, *mapped, options.mode);
    if (!writer) {
        return std::unexpected(std::move(writer).error());
    }
    return ring_ends{std::move(*reader), std::move(*writer)};
}

} // namespace windpipe
