// language_server.cpp - messages to a language server and back, each in a frame that tells its length. The program
// starts itself as the server.
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

using windpipe::frame_reader;
using windpipe::frame_writer;
using windpipe::framing;
using windpipe::or_throw;

namespace {

// [server]
// Answers every request until it is told to exit.
int serve() {
    frame_reader requests(or_throw(windpipe::take_stdin()), {.format = framing::content_length});
    frame_writer answers(or_throw(windpipe::take_stdout()), {.format = framing::content_length});

    for (int id = 1; auto request = or_throw(requests.next()); ++id) {
        if (request->text().find("\"exit\"") != std::string_view::npos) {
            return 0;
        }
        or_throw(answers.write(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":{}})"));
    }
    return 1; // our client has gone without a word
}
// [/server]

// [client]
int talk(std::string_view own_program) {
    auto server = or_throw(windpipe::command{own_program, "--server"}.in(windpipe::piped).out(windpipe::piped).spawn());
    frame_writer requests(std::move(server.in), {.format = framing::content_length});
    frame_reader answers(std::move(server.out), {.format = framing::content_length});
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};

    for (const std::string_view request : {R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})",
                                           R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})"}) {
        or_throw(requests.write(request, limit));
        const auto answer = or_throw(answers.next(limit));
        if (!answer) {
            break; // the server has ended
        }
        std::cout << answer->text() << '\n';
    }
    or_throw(requests.write(R"({"jsonrpc":"2.0","method":"exit"})", limit));
    const auto status = or_throw(server.wait(limit));
    std::cout << "the server " << status.text() << '\n';
    return status.success() ? 0 : 1;
}
// [/client]

} // namespace

int main(int argc, char** argv) {
    try {
        const bool server = argc == 2 && std::string_view(argv[1]) == "--server";
        return server ? serve() : talk(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "language_server: " << failed.what() << '\n';
        return 1;
    }
}
