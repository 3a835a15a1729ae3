// interactive.cpp - talk line by line to a program that answers every line with one line, such as bc.
//
//     interactive PROGRAM QUESTION...
#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <utility>

using windpipe::or_throw;

namespace {

// [lines]
// Cuts a stream into lines. A read may give half a line or three: what is left over is kept for the next call.
class line_reader {
public:
    explicit line_reader(windpipe::pipe_reader& from) : from_(from) {}

    /// The next line without its end, or nothing at end of stream.
    std::optional<std::string> next(const windpipe::wait_limit& limit) {
        for (;;) {
            if (const auto end = pending_.find('\n'); end != std::string::npos) {
                std::string line = pending_.substr(0, end);
                pending_.erase(0, end + 1);
                if (line.ends_with('\r')) {
                    line.pop_back(); // a Windows program that writes text
                }
                return line;
            }
            std::array<char, 4096> part{};
            const auto count = or_throw(from_.read_some(std::as_writable_bytes(std::span(part)), limit));
            if (count == 0) { // a last line without an end is a line too
                return pending_.empty() ? std::nullopt : std::optional(std::exchange(pending_, {}));
            }
            pending_.append(part.data(), count);
        }
    }

private:
    windpipe::pipe_reader& from_;
    std::string pending_;
};
// [/lines]

// [talk]
int talk(const std::string& program, std::span<char* const> questions) {
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    line_reader answers(child.out);
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};

    for (const std::string question : questions) {
        or_throw(child.in.write(question + "\n", limit));
        const auto answer = answers.next(limit);
        if (!answer) {
            break; // the program has ended
        }
        std::cout << question << " -> " << *answer << '\n';
    }

    child.in.close(); // end of stream, by which such programs leave
    const auto status = or_throw(child.wait(limit));
    std::cout << "the program " << status.text() << '\n';
    return status.success() ? 0 : 1;
}
// [/talk]

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: interactive PROGRAM QUESTION...\n";
        return 2;
    }
    try {
        return talk(argv[1], {argv + 2, argv + argc});
    } catch (const std::exception& failed) { // with a deadline, an answer that never comes ends here
        std::cerr << "interactive: " << failed.what() << '\n';
        return 1;
    }
}
