// ring_memory.hpp - a part of the contract, see platform.hpp: the memory of a ring, and waiting for the other side.
// In each system's folder it is ring.cpp (on Windows, wait_for_ring() is with the transfers, the watch in
// bell_watch.cpp).
#pragma once

#include "interruption.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace windpipe::platform {

/// In front of the bytes.
inline constexpr std::size_t ring_header_size = 64UL * 1024;

/// Memory that several processes have mapped, and that none of them can take away from another.
struct ring_memory {
    std::byte* header = nullptr; // ring_header_size bytes
    std::byte* data = nullptr;   // `capacity` bytes, and behind them the same ones a second time
    std::size_t capacity = 0;    // a power of two
    const std::atomic<std::uint32_t>* here =
        nullptr;          // not 0 in the process that has mapped it, 0 in a copy made by fork
    void* kept = nullptr; // for the backend
};

/// Zeros. POST: private. PRE: a power of two, at least ring_header_size.
result<unique_handle> create_ring_memory(std::size_t capacity);
/// invalid_argument: it is no such memory. bad_file_descriptor.
result<ring_memory> map_ring(native_handle memory);
void unmap_ring(const ring_memory& memory) noexcept;

/// Waits until there is something in this pipe, or nobody can write to it, or the waker of this thread has been woken,
/// or perhaps earlier. True: something was there, and has been taken. Fails with interruption::why().
result<bool> wait_for_ring(native_handle woken_by, interruption& interrupted);

/// What is kept to tell others that something is in a pipe. Windows; null on Linux, where the system tells.
class bell_watch;
struct let_go_of_watch {
    void operator()(bell_watch* what) const noexcept;
};
using bell_watch_ptr = std::unique_ptr<bell_watch, let_go_of_watch>;
/// A handle to wait for by the means of the system, ready when there is something in this pipe or nobody can write to
/// it; on Windows from the last watch_again() on.
result<unique_handle> watch_bell(native_handle bell, bell_watch_ptr& kept);
void watch_again(bell_watch& what) noexcept;

/// Whether order_threads() can be had. The first call may take a moment.
bool can_order_threads() noexcept;
/// Every thread of this process passes a full barrier before this returns. PRE: can_order_threads()
void order_threads() noexcept;

/// Whether order_processes() can be had, in which this process takes part from the first call on: which may take a
/// moment.
bool can_order_processes() noexcept;
/// Every thread of every process that takes part passes a full barrier before this returns. It fails where this process
/// has been forbidden to since. PRE: can_order_processes()
result<void> order_processes();

/// In a loop that looks at memory again and again.
void relax() noexcept;

/// The number of the processor that the calling thread runs on, at this moment.
std::uint32_t this_processor() noexcept;

} // namespace windpipe::platform
