// gate.cpp - the test build's fault gate. It is also asked by a child that shares our memory between clone and exec: no
// allocation and no lock in here, atomic counters alone.
#include "gate.hpp"

#include "faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace {

constexpr std::size_t most_names = 4096;

std::atomic<std::size_t> made{0};          // calls since the last reset
std::atomic<std::size_t> first_failing{0}; // the call that fails first, from 1; 0: none
std::atomic<std::size_t> failing{0};       // how many from there on
std::atomic<bool (*)(std::string_view)> chosen{nullptr};
std::atomic<std::size_t> failed{0}; // how many have
std::atomic<int> code{0};
std::array<std::atomic<const char*>, most_names> recorded{}; // by number; names are string literals

} // namespace

int windpipe::platform::fault(std::string_view call) noexcept {
    const std::size_t number = made.fetch_add(1) + 1;
    if (number <= recorded.size()) {
        recorded.at(number - 1) = call.data();
    }
    const std::size_t first = first_failing.load();
    if (first == 0 || number < first || failed.load() >= failing.load()) {
        return 0;
    }
    bool (*const which)(std::string_view) = chosen.load();
    if (which != nullptr && !which(call)) {
        return 0;
    }
    failed.fetch_add(1);
    return code.load();
}

namespace windpipe_test::faults {

void fail_nth(std::size_t n, int error_code, std::size_t times, bool (*which)(std::string_view)) {
    none();
    code = error_code;
    failing = times;
    chosen = which;
    first_failing = n;
}

void none() {
    first_failing = 0;
    made = 0;
    failed = 0;
}

std::size_t calls() { return made.load(); }

std::size_t injected() { return failed.load(); }

std::string name_of_call(std::size_t n) {
    const char* const name = n >= 1 && n <= calls() && n <= recorded.size() ? recorded.at(n - 1).load() : nullptr;
    return name != nullptr ? name : "none";
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (std::size_t n = 1; n <= std::min(calls(), recorded.size()); ++n) {
        all.push_back(name_of_call(n));
    }
    return all;
}

} // namespace windpipe_test::faults
