// errors.cpp - acting on errors without exceptions: compare the code with std::errc, say the rest to a person.
#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <iostream>
#include <span>
#include <system_error>
#include <utility>

namespace {

// [compare]
/// What a caller does about a failed read or write.
void act_on(const windpipe::error& failed) {
    if (failed.code == std::errc::broken_pipe) {
        std::cout << "nobody reads any more: stop writing\n";
    } else if (failed.code == std::errc::timed_out) {
        std::cout << "too late: " << failed.transferred << " bytes had come\n";
    } else {
        std::cout << failed.message() << '\n'; // the step, with what, and the system's reason
    }
}
// [/compare]

windpipe::result<void> try_it() {
    auto ends = windpipe::make_pipe();
    if (!ends) {
        return std::unexpected(std::move(ends).error());
    }
    auto& [reader, writer] = *ends;

    // Three of the eight bytes that are asked for come before the deadline.
    if (auto written = writer.write("abc"); !written) {
        return written;
    }
    std::array<std::byte, 8> buffer{};
    if (auto read = reader.read(buffer, {.until = std::chrono::milliseconds(1)}); !read) {
        act_on(read.error());
    }

    reader.close();
    if (auto written = writer.write("def"); !written) {
        act_on(written.error());
    }

    // A program that cannot be started is an error of spawn(), never an exit code.
    if (auto child = windpipe::command{"no-such-program"}.spawn(); !child) {
        const bool not_found = child.error().code == std::errc::no_such_file_or_directory;
        std::cout << child.error().operation << ": " << (not_found ? "there is none" : "another reason") << '\n';
    }
    return {};
}

} // namespace

int main() {
    if (auto done = try_it(); !done) {
        std::cerr << "errors: " << done.error().message() << '\n';
        return 1;
    }
    return 0;
}
