// spin.hpp - looking again for a moment, instead of sleeping at once.
#pragma once

#include "core/pacing.hpp"

#include <chrono>
#include <sched.h>

namespace windpipe::platform {

inline void pause_instruction() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Calls `look(n)`, n = 1, 2 ..., until it says true (then true) or it is time to sleep, and tells `pace` how it went.
/// After some looks the processor is yielded each time: the other end may be waiting for it, and a look that needs that
/// is no reason to spin again.
template <class Look>
bool spin(pacing& pace, const Look& look) {
    using clock = std::chrono::steady_clock;
    constexpr int looks_without_yield = 16;
    constexpr int pauses = 8;
    const auto start = clock::now();
    for (int n = 1;; ++n) {
        for (int i = 0; i < pauses; ++i) {
            pause_instruction();
        }
        if (look(n)) {
            pace.spun(n <= looks_without_yield);
            return true;
        }
        if (n >= looks_without_yield) {
            (void)::sched_yield();
        }
        if (clock::now() - start > pacing::longest_spin) {
            pace.spun(false);
            return false;
        }
    }
}

} // namespace windpipe::platform
