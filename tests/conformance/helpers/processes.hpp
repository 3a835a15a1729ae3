// processes.hpp - what the tests of commands and children share.
#pragma once

#include "support/children.hpp"
#include "support/result.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace windpipe_test {

inline constexpr bool on_windows = std::filesystem::path::preferred_separator == '\\';

/// The operation has failed in this step for this reason, and its message names both.
testing::AssertionResult failed_with(const windpipe::error* failure, std::string_view operation, std::errc reason);
template <class T>
testing::AssertionResult failed(const windpipe::result<T>& outcome, std::string_view operation, std::errc reason) {
    return failed_with(outcome ? nullptr : &outcome.error(), operation, reason);
}

/// A wait has given this status.
testing::AssertionResult ended_as(const windpipe::result<windpipe::exit_status>& waited, windpipe::exit_status wanted);
testing::AssertionResult exited_with(const windpipe::result<windpipe::exit_status>& waited, std::uint32_t code);
/// try_wait() says that it runs.
testing::AssertionResult still_running(windpipe::child& child);

/// Runs a command that must succeed and gives what it wrote to its standard output.
std::string output_of(windpipe::command what, std::string_view input = {});

/// All that comes from a reader until end of stream.
std::string rest_of(windpipe::pipe_reader& reader);

/// Reads up to and with a line feed, byte by byte, so that nothing behind it is taken.
std::string line_of(windpipe::pipe_reader& reader);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A path as windpipe takes it.
std::string utf8(const std::filesystem::path& path);

/// Copies a child program under another name (without ending) into a directory.
void install(std::string_view child, const std::filesystem::path& directory, const std::string& name);

/// An empty directory of its own, removed with all it holds.
class scratch_directory {
public:
    scratch_directory();
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    /// A directory in it.
    [[nodiscard]] std::filesystem::path folder(std::string_view name) const;

private:
    std::filesystem::path path_;
};

/// The current directory of this process, for a while.
class in_directory {
public:
    explicit in_directory(const std::filesystem::path& path) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(path);
    }
    ~in_directory() {
        std::error_code ignored;
        std::filesystem::current_path(before_, ignored);
    }
    in_directory(const in_directory&) = delete;
    in_directory& operator=(const in_directory&) = delete;

private:
    std::filesystem::path before_;
};

} // namespace windpipe_test
