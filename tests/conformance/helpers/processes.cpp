#include "processes.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <random>
#include <span>

namespace windpipe_test {

testing::AssertionResult failed_with(const windpipe::error* failure, std::string_view operation, std::errc reason) {
    if (failure == nullptr) {
        return testing::AssertionFailure() << "it succeeded";
    }
    const std::string message = failure->message();
    if (failure->operation != operation || failure->code != reason) {
        return testing::AssertionFailure()
               << "failed otherwise: " << message << " [" << failure->operation << "] " << failure->code;
    }
    if (message.find(operation) == std::string::npos || message.find(failure->code.message()) == std::string::npos) {
        return testing::AssertionFailure() << "a message without step and reason: " << message;
    }
    return testing::AssertionSuccess() << message;
}

testing::AssertionResult ended_as(const windpipe::result<windpipe::exit_status>& waited, windpipe::exit_status wanted) {
    if (!waited) {
        return testing::AssertionFailure() << waited.error().message();
    }
    return (*waited == wanted ? testing::AssertionSuccess() : testing::AssertionFailure())
           << waited->text() << " instead of " << wanted.text();
}

testing::AssertionResult exited_with(const windpipe::result<windpipe::exit_status>& waited, std::uint32_t code) {
    return ended_as(waited, windpipe::exit_status::exited(code));
}

testing::AssertionResult still_running(windpipe::child& child) {
    const auto status = child.try_wait();
    if (!status) {
        return testing::AssertionFailure() << status.error().message();
    }
    return *status ? testing::AssertionFailure() << (*status)->text() : testing::AssertionSuccess();
}

std::string output_of(windpipe::command what, std::string_view input) {
    auto done = windpipe::run(what, {.input = input});
    if (!done) {
        ADD_FAILURE() << what.describe() << ": " << done.error().message();
        return {};
    }
    EXPECT_TRUE(done->success()) << what.describe() << ": " << done->status.text() << ": " << done->err.text();
    return done->out.text();
}

std::string rest_of(windpipe::pipe_reader& reader) {
    std::string text;
    EXPECT_OK(reader.read_to_end(text));
    return text;
}

std::string line_of(windpipe::pipe_reader& reader) {
    std::string line;
    char byte = 0;
    while (!line.ends_with('\n')) {
        const auto n = reader.read(std::as_writable_bytes(std::span(&byte, 1)));
        if (!n || *n == 0) {
            ADD_FAILURE() << "no line feed after '" << line << "': " << (n ? "end of stream" : n.error().message());
            break;
        }
        line += byte;
    }
    return line;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    ASSERT_TRUE(file.good()) << path;
}

std::string utf8(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

void install(std::string_view child, const std::filesystem::path& directory, const std::string& name) {
    std::filesystem::path from(child_program(child));
    std::filesystem::path to = directory / name;
    if (on_windows) {
        from.replace_extension(".exe");
        to += ".exe";
    }
    std::filesystem::copy_file(from, to);
}

scratch_directory::scratch_directory() {
    static std::atomic<unsigned> count = 0;
    const unsigned unique = std::random_device{}();
    path_ = std::filesystem::temp_directory_path() /
            ("windpipe-test-" + std::to_string(unique) + "-" + std::to_string(count++));
    std::filesystem::create_directory(path_);
    path_ = std::filesystem::canonical(path_);
}

scratch_directory::~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path scratch_directory::folder(std::string_view name) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directory(path);
    return path;
}

} // namespace windpipe_test
