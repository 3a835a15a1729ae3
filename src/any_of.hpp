// any_of.hpp - several operations of one coroutine at once: what an exchange is to a thread.
#pragma once

#include "endpoint.hpp"
#include "loop_state.hpp"
#include "process_state.hpp"

#include <windpipe/async.hpp>

#include <array>
#include <cstddef>

namespace windpipe::detail {

/// At most one operation per slot is under way. The coroutine may wait by next() alone while any is.
class any_of {
public:
    static constexpr std::size_t slots = 5;
    using kind = operation::kind;

    explicit any_of(loop_state& on) noexcept : on_(&on) {}
    ~any_of() {
        for (std::size_t slot = 0; slot < slots; ++slot) {
            cancel(slot);
        }
    }
    any_of(const any_of&) = delete;
    any_of& operator=(const any_of&) = delete;

    void wait_readable(std::size_t slot, endpoint& reader) { begin(slot, kind::readable, &reader, {}); }
    void write(std::size_t slot, endpoint& writer, const_buffer bytes) { begin(slot, kind::write, &writer, bytes); }
    void watch(std::size_t slot, process_state& what) { begin(slot, kind::watch, nullptr, {}, &what); }
    /// Until a time or a stop.
    void sleep(std::size_t slot, const wait_limit& limit) { begin(slot, kind::sleep, nullptr, {}, nullptr, limit); }

    /// Forgets the operation of a slot.
    void cancel(std::size_t slot) noexcept {
        busy_.at(slot) = false;
        if (all_.at(slot).now != operation::state::idle) {
            on_->call_off(all_.at(slot));
        }
    }
    [[nodiscard]] bool is_busy(std::size_t slot) const noexcept { return busy_.at(slot); }
    /// What became of the slot that next() gave, and how many bytes one that was called off had moved.
    [[nodiscard]] const operation& operator[](std::size_t slot) const noexcept { return all_.at(slot); }

    struct next_done {
        any_of& among;
        [[nodiscard]] bool await_ready() const noexcept { return among.find_done() != slots; }
        void await_suspend(std::coroutine_handle<> waiter) const noexcept {
            for (operation& each : among.all_) {
                each.waiter = waiter;
            }
        }
        [[nodiscard]] std::size_t await_resume() const noexcept {
            const std::size_t slot = among.find_done();
            among.busy_.at(slot) = false;
            among.last_ = slot;
            return slot;
        }
    };
    /// The slot of one that is done. PRE: something is under way.
    [[nodiscard]] next_done next() noexcept { return {*this}; }

private:
    /// Beginning behind the last one, so that none starves another; `slots` where there is none.
    [[nodiscard]] std::size_t find_done() const noexcept {
        for (std::size_t turn = 1; turn <= slots; ++turn) {
            const std::size_t slot = (last_ + turn) % slots;
            if (busy_.at(slot) && all_.at(slot).now == operation::state::idle) {
                return slot;
            }
        }
        return slots;
    }
    void begin(std::size_t slot, kind what, endpoint* end, const_buffer bytes, process_state* process = nullptr,
               const wait_limit& limit = {}) {
        operation& mine = all_.at(slot);
        mine.what = what;
        mine.end = end;
        mine.process = process;
        mine.limit = limit;
        mine.data = const_cast<std::byte*>(bytes.data()); // only read from
        mine.size = bytes.size();
        mine.bytes = 0;
        mine.code = {};
        busy_.at(slot) = true;
        (void)on_->begin(mine);
    }

    loop_state* on_;
    std::array<operation, slots> all_{operation(on_, kind::sleep, {}), operation(on_, kind::sleep, {}),
                                      operation(on_, kind::sleep, {}), operation(on_, kind::sleep, {}),
                                      operation(on_, kind::sleep, {})};
    std::array<bool, slots> busy_{};
    std::size_t last_ = 0;
};

} // namespace windpipe::detail
