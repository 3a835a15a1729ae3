// spin.hpp - looking again for a moment, instead of sleeping at once.
#pragma once

#include "core/pacing.hpp"

#include <chrono>

namespace windpipe::platform {

inline void pause_instruction() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Calls `look(n)`, n = 1, 2 ..., until it says true (then true) or it is time to sleep, and tells `pace` how it went.
///
/// It never yields: sched_yield(2) puts a thread behind all others of its processor for some time, so that afterwards
/// every byte it writes lets the reader take over. Where the other end waits for our processor the spin fails, and
/// after a few times there is none.
template <class Look>
bool spin(pacing& pace, const Look& look) {
    using clock = std::chrono::steady_clock;
    constexpr int pauses = 8;
    const auto start = clock::now();
    for (int n = 1;; ++n) {
        for (int i = 0; i < pauses; ++i) {
            pause_instruction();
        }
        if (look(n)) {
            pace.spun(true);
            return true;
        }
        if (clock::now() - start > pace.longest_spin()) {
            pace.spun(false);
            return false;
        }
    }
}

} // namespace windpipe::platform
