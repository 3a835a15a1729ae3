// ring_turns.hpp - a part of the contract, see platform.hpp: who of several processes at one side of a ring has it. In
// each system's folder it is ring_turns.cpp.
//
// A turn is one call's: of one thread, from its beginning to its end, also while it sleeps. The system takes it away
// from a thread or process that ends.
#pragma once

#include "interruption.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace windpipe::platform {

/// A new place at which the processes of one side wait for each other. POST: private.
result<unique_handle> create_turns();
/// invalid_argument: that cannot be such a place. bad_file_descriptor.
result<void> check_turns(native_handle turns);

/// What one process keeps for one side, as long as the word is there.
class turn_taker;
struct let_go_of_turns {
    void operator()(turn_taker* what) const noexcept;
};
using turn_taker_ptr = std::unique_ptr<turn_taker, let_go_of_turns>;
/// `turn`: in the shared memory of the ring, which `memory` is, and where any process can write to it.
result<turn_taker_ptr> join_turns(native_handle memory, std::atomic<std::uint64_t>& turn);

/// Takes it if that needs no system call, and it is free. False may mean as well that it does need one.
[[nodiscard]] bool take_free_turn(turn_taker& with) noexcept;
/// Waits until this call has the side. Fails with interruption::why(); where another call sleeps with it at once, if
/// there is no time.
result<void> take_turn(turn_taker& with, native_handle turns, interruption& interrupted);
/// PRE: by the thread that has taken it.
void give_turn_back(turn_taker& with, native_handle turns) noexcept;

/// From here to wakes_with_turn() the thread that has it sleeps: others wait by the system instead of trying again.
result<void> sleeps_with_turn(turn_taker& with, native_handle turns);
void wakes_with_turn(turn_taker& with) noexcept;

} // namespace windpipe::platform
