// Starts many programs with one call: `batch PROGRAM`, a program that answers its input.
#include <windpipe/windpipe.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

using windpipe::or_throw;

// [batch]
void ask_many(const std::string& program, int count) {
    std::vector<windpipe::command> commands;
    for (int i = 0; i < count; ++i) {
        commands.push_back(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped));
    }
    int number = 0;
    for (windpipe::result<windpipe::child>& started : or_throw(windpipe::spawn_all(commands))) {
        if (!started) { // this one alone
            std::cerr << started.error().message() << '\n';
            continue;
        }
        or_throw(started->in.write("number " + std::to_string(++number)));
        started->in.close();
        std::string answer;
        or_throw(started->out.read_to_end(answer));
        std::cout << answer << '\n';
    }
}
// [/batch]

} // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: batch PROGRAM\n";
        return 2;
    }
    ask_many(argv[1], 5);
    return 0;
} catch (const windpipe::failure& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
}
