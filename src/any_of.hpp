// any_of.hpp - several operations of one coroutine at once: what an exchange is to a thread.
#pragma once

#include "endpoint.hpp"
#include "loop_state.hpp"
#include "process_state.hpp"

#include <windpipe/async.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace windpipe::detail {

/// At most one operation per slot is under way. The coroutine may wait by next() alone while any is. A slot has memory
/// from its first operation until it is let go: most that wait use two or three.
class any_of {
public:
    static constexpr std::size_t slots = 5;
    using kind = operation::kind;

    explicit any_of(loop_state& on) noexcept : on_(&on) {}
    ~any_of() { let_go_of_all(); }
    any_of(const any_of&) = delete;
    any_of& operator=(const any_of&) = delete;

    /// False, of each that begins something: no memory.
    [[nodiscard]] bool wait_readable(std::size_t slot, endpoint& reader) noexcept {
        return begin(slot, kind::readable, &reader, {});
    }
    [[nodiscard]] bool write(std::size_t slot, endpoint& writer, const_buffer bytes) noexcept {
        return begin(slot, kind::write, &writer, bytes);
    }
    [[nodiscard]] bool watch(std::size_t slot, process_state& what) noexcept {
        return begin(slot, kind::watch, nullptr, {}, &what);
    }
    /// Until a time or a stop.
    [[nodiscard]] bool sleep(std::size_t slot, const wait_limit& limit) noexcept {
        if (all_.at(slot) == nullptr) {
            all_.at(slot).reset(new (std::nothrow) limited_operation(on_, kind::sleep, {}));
        }
        if (all_.at(slot) == nullptr) {
            return false;
        }
        all_.at(slot)->limited->limit = limit;
        return begin(slot, kind::sleep, nullptr, {});
    }

    /// Forgets the operation of a slot. How many bytes it has moved.
    std::size_t cancel(std::size_t slot) noexcept {
        busy_.at(slot) = false;
        operation* const mine = all_.at(slot).get();
        if (mine == nullptr) {
            return 0;
        }
        if (mine->now != operation::state::idle) {
            on_->call_off(*mine);
        }
        return mine->bytes;
    }
    /// The same, and the slot is not used again soon.
    std::size_t let_go(std::size_t slot) noexcept {
        const std::size_t moved = cancel(slot);
        all_.at(slot).reset();
        return moved;
    }
    void let_go_of_all() noexcept {
        for (std::size_t slot = 0; slot < slots; ++slot) {
            let_go(slot);
        }
    }
    [[nodiscard]] bool is_busy(std::size_t slot) const noexcept { return busy_.at(slot); }
    /// What became of the slot that next() gave.
    [[nodiscard]] const operation& operator[](std::size_t slot) const noexcept { return *all_.at(slot); }

    struct next_done {
        any_of& among;
        [[nodiscard]] bool await_ready() const noexcept { return among.find_done() != slots; }
        void await_suspend(std::coroutine_handle<> waiter) const noexcept {
            for (const auto& each : among.all_) {
                if (each != nullptr) {
                    each->waiter = waiter;
                }
            }
        }
        [[nodiscard]] std::size_t await_resume() const noexcept {
            const std::size_t slot = among.find_done();
            among.busy_.at(slot) = false;
            among.last_ = static_cast<std::uint8_t>(slot);
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
            if (busy_.at(slot) && all_.at(slot)->now == operation::state::idle) {
                return slot;
            }
        }
        return slots;
    }
    bool begin(std::size_t slot, kind what, endpoint* end, const_buffer bytes,
               process_state* process = nullptr) noexcept {
        auto& place = all_.at(slot);
        if (place == nullptr) {
            place.reset(new (std::nothrow) operation(on_, what));
            if (place == nullptr) {
                return false;
            }
        }
        operation& mine = *place;
        mine.what = what;
        mine.end = end;
        mine.process = process;
        mine.data = const_cast<std::byte*>(bytes.data()); // only read from
        mine.size = bytes.size();
        mine.bytes = 0;
        mine.code = {};
        busy_.at(slot) = true;
        (void)on_->begin(mine);
        return true;
    }

    struct deletion {
        void operator()(operation* what) const noexcept {
            if (what->limited == nullptr) {
                delete what;
            } else {
                delete what->limited;
            }
        }
    };

    loop_state* on_;
    std::array<std::unique_ptr<operation, deletion>, slots> all_;
    std::array<bool, slots> busy_{};
    std::uint8_t last_ = 0;
};

} // namespace windpipe::detail
