// threads.cpp - /proc tells in which system call a thread sleeps.
#include "support/threads.hpp"

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
        // A lock that is taken, and a pause of the runtime, are not the call that is looked for.
        if (!call.empty() && call != "running" && call != "-1" && std::atol(call.c_str()) != SYS_futex &&
            std::atol(call.c_str()) != SYS_clock_nanosleep) {
            return;
        }
        std::this_thread::yield();
    }
}

} // namespace detail

} // namespace windpipe_test
