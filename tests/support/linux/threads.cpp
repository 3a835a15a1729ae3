// threads.cpp - /proc tells in which system call a thread sleeps.
#include "support/threads.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

namespace windpipe_test {

const bool blocking_is_known = true;

namespace detail {

std::intptr_t name_of_this_thread() { return ::gettid(); }

void forget_thread(std::intptr_t /*name*/) noexcept {}

void wait_until_asleep(std::intptr_t thread, const std::atomic<bool>& ended) {
    const std::string path = "/proc/self/task/" + std::to_string(thread) + "/syscall";
    while (!ended.load()) {
        std::ifstream file(path);
        std::string call; // a number, or "running", or -1 for a thread that is in no call
        file >> call;
        // Not looked for: a lock that is taken, a pause of the runtime, and what a ring does before it sleeps, which
        // takes milliseconds where the system lets all its processors come by.
        constexpr std::array others{SYS_futex, SYS_clock_nanosleep, SYS_membarrier, SYS_sched_yield};
        if (!call.empty() && call != "running" && call != "-1" &&
            std::ranges::find(others, std::atol(call.c_str())) == others.end()) {
            return;
        }
        std::this_thread::yield();
    }
}

} // namespace detail

} // namespace windpipe_test
