// system.hpp - what the child programs need of the system, by raw calls: nothing here passes through windpipe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Each program defines this; the system's main() calls it with the C runtime's arguments in UTF-8, argv[0] first.
int child_main(const std::vector<std::string>& args);

namespace child_system {

enum class stream { in, out, err };

/// What one call moved, or errno / GetLastError(). On both systems 0 bytes without an error is end of stream.
struct moved {
    std::size_t bytes = 0;
    unsigned error = 0;
};

moved read(stream from, char* into, std::size_t size);
moved write(stream to, const char* from, std::size_t size);
void close(stream which);
/// All of it, in one call, to what is open under a number of its own.
bool write_to_number(std::uint64_t number, std::string_view text);
/// The descriptor, or the value of the handle.
std::uint64_t native_name(stream which);

/// Writes all, or ends the program with 98.
void say(stream to, std::string_view text);
/// Reads until the stream ends, and forgets what it read.
void wait_for_end(stream from);

/// The arguments as CommandLineToArgvW splits them; on Linux the same as child_main() gets.
std::vector<std::string> shell_arguments();
std::vector<std::string> environment();
std::string current_directory();
std::string open_handles();
std::string process_ids();
std::string signal_state();

[[noreturn]] void exit_with(std::uint32_t code);
[[noreturn]] void die_by_signal(int number);
[[noreturn]] void block_for_ever();
std::uint64_t processor_milliseconds();
void pause_microseconds(unsigned count);

/// SIGTERM or Ctrl-Break from now on has no effect.
void ignore_requests_to_end();
/// SIGTERM or Ctrl-Break from now on prints "asked\n" and exits 7.
void obey_requests_to_end();
/// A broken pipe from now on is noted and does not kill. Nothing on Windows.
void catch_broken_pipe();
bool broken_pipe_was_caught();

/// Starts a process that holds our three streams until stdin ends, or for ever. Returns its id, once it is in its own
/// session if it shall be in one.
unsigned long start_holder(bool own_session, bool for_ever);

/// The end that another process sends us over our stdin becomes our `as`.
bool receive_end(stream as);

} // namespace child_system
