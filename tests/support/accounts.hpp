// accounts.hpp - what this process holds: handles, threads, children. Counted before and after, nothing may be left.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace windpipe_test {

/// One text per open descriptor or handle: "5 pipe:[4711]" on Linux, "0x5c File" and the like on Windows.
std::vector<std::string> open_handles();

/// How many threads this process has, the watchdog's included, those of the system's thread pool (Windows) not.
std::size_t threads();

/// How many processes started by this one exist, alive or as zombies.
std::size_t children();

/// How many of them have ended and wait to be reaped. Always 0 on Windows, which has no zombies.
std::size_t zombies();

/// Raises this process's limit of open descriptors to what `count` more need; false when it may not. Windows: no limit.
bool allow_open_handles(std::size_t count);

namespace detail {

/// How many handles of each kind there are that must not be left behind.
std::map<std::string, std::size_t> count_handles();
/// How many more handles of this kind are no sign of a leak: on Windows the C++ runtime and the system make some at
/// first need. Nothing on Linux.
std::size_t tolerated(const std::string& kind) noexcept;

} // namespace detail

/// While it lives, a watch over the handles, threads and children of this process: its end is a test failure if there
/// are more than at its beginning.
///
/// What a thread of windpipe makes once and keeps (its waker, its pipe for peek) is made for the calling thread before
/// the first count. What is on its way out is waited for: the watchdog ends a test that has left something behind, and
/// says what.
class expect_nothing_leaked {
public:
    expect_nothing_leaked();
    ~expect_nothing_leaked();
    expect_nothing_leaked(const expect_nothing_leaked&) = delete;
    expect_nothing_leaked& operator=(const expect_nothing_leaked&) = delete;

private:
    std::map<std::string, std::size_t> handles_;
    std::vector<std::string> list_;
    std::size_t threads_;
    std::size_t children_;
};

} // namespace windpipe_test
