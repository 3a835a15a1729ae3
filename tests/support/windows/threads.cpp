// threads.cpp - a thread that uses no processor time for a while is taken for one that waits.
#include "support/threads.hpp"

#include <windows.h>

namespace windpipe_test {

const bool blocking_is_known = false;

namespace detail {

namespace {

/// The system counts in ticks of up to 16 ms: a busy thread is seen to be busy within several of them.
constexpr int quiet_milliseconds = 64;

std::uint64_t processor_time(HANDLE thread) {
    FILETIME started{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    GetThreadTimes(thread, &started, &ended, &kernel, &user);
    const auto ticks = [](const FILETIME& time) {
        return (static_cast<std::uint64_t>(time.dwHighDateTime) << 32U) | time.dwLowDateTime;
    };
    return ticks(kernel) + ticks(user);
}

} // namespace

std::intptr_t name_of_this_thread() {
    HANDLE copy = nullptr;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    return reinterpret_cast<std::intptr_t>(copy);
}

void forget_thread(std::intptr_t name) noexcept { CloseHandle(reinterpret_cast<HANDLE>(name)); }

void wait_until_asleep(std::intptr_t thread, const std::atomic<bool>& ended) {
    auto* const handle = reinterpret_cast<HANDLE>(thread);
    std::uint64_t used = processor_time(handle);
    for (int quiet = 0; quiet < quiet_milliseconds && !ended.load(); ++quiet) {
        Sleep(1);
        const std::uint64_t now = processor_time(handle);
        if (now != used) {
            used = now;
            quiet = 0;
        }
    }
}

} // namespace detail

} // namespace windpipe_test
