// ring_turns.hpp - a part of the contract, see platform.hpp: who of several processes at one side of a ring has it. In
// each system's folder it is ring_turns.cpp.
//
// A turn is one call's: of one thread, from its beginning to its end, also while it sleeps. It is taken away from a
// process that ends, on Windows from a thread, too.
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
/// Waits until this call has the side. True: from one who has ended in a call, and has not done what was to come next.
/// Fails with interruption::why(); where another call sleeps with it at once, if there is no time.
result<bool> take_turn(turn_taker& with, native_handle turns, interruption& interrupted);
/// PRE: by the thread that has taken it.
void give_turn_back(turn_taker& with, native_handle turns) noexcept;

/// As long as this is there, the thread that has the turn sleeps with it: others wait for the system instead of trying
/// again. None where that cannot be had: then they do that.
unique_handle sleep_with_turn(native_handle turns) noexcept;

} // namespace windpipe::platform
