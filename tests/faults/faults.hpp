// faults.hpp - makes one of the library's next system calls fail, and tells which calls it made.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test::faults {

/// The n-th system call from now, counted from 1, fails with the system's error code instead of being made; so do those
/// after it, `times` in all. With `which`, only calls of a name it says true to: the first of them from the n-th on.
/// Forgets what was counted before.
void fail_nth(std::size_t n, int error_code, std::size_t times = 1, bool (*which)(std::string_view) = nullptr);

/// No call fails any more. Forgets what was counted before.
void none();

/// How many calls the library has asked for since then, and how many of them were failed.
std::size_t calls();
std::size_t injected();

/// The names of these calls, in order (the first few thousand).
std::vector<std::string> names();
std::string name_of_call(std::size_t n);

} // namespace windpipe_test::faults
