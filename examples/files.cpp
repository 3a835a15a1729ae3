// files.cpp - keeps what a program writes in a file, up to a limit, and gives the file to another program.
//
//     files PROGRAM PROGRAM FILE
#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>

using windpipe::or_throw;

namespace {

// [files]
int keep_and_give(const std::string& first_program, const std::string& second_program, const std::string& path) {
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};
    auto first = or_throw(windpipe::command{first_program}.out(windpipe::piped).spawn());
    const auto kept = or_throw(windpipe::transfer(first.out, windpipe::to_file{path}, 1 << 20, limit));
    std::cerr << kept << " bytes are in the file\n"; // what is more than a mebibyte is still in the pipe

    auto second = or_throw(windpipe::command{second_program}.in(windpipe::piped).spawn());
    or_throw(windpipe::transfer(windpipe::from_file{path}, second.in, windpipe::no_limit, limit));
    second.in.close();
    return or_throw(second.wait(limit)).success() ? 0 : 1;
}
// [/files]

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: files PROGRAM PROGRAM FILE\n";
        return 2;
    }
    try {
        return keep_and_give(argv[1], argv[2], argv[3]);
    } catch (const std::exception& failed) {
        std::cerr << "files: " << failed.what() << '\n';
        return 1;
    }
}
