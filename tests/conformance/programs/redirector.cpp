// redirector.cpp - starts a program with streams that are named by words: `redirector IN OUT ERR PROGRAM ARGUMENTS...`
//
// Words: inherit, null, file:PATH (IN), our_stdout, our_stderr, with_stdout (OUT, ERR). REDIRECTOR_DIRECTORY in the
// environment is where the program starts. Exits as the program did; 97 with a message on stderr when windpipe fails.
#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

windpipe::input_source input_named(std::string_view word) {
    if (word.starts_with("file:")) {
        return windpipe::from_file{std::string(word.substr(5))};
    }
    return word == "null" ? windpipe::input_source(windpipe::null) : windpipe::input_source(windpipe::inherit);
}

windpipe::output_target output_named(std::string_view word) {
    if (word == "null") {
        return windpipe::null;
    }
    if (word == "our_stdout") {
        return windpipe::our_stdout;
    }
    if (word == "our_stderr") {
        return windpipe::our_stderr;
    }
    if (word == "with_stdout") {
        return windpipe::with_stdout;
    }
    return windpipe::inherit;
}

int fail(const windpipe::error& failure) {
    std::fprintf(stderr, "%s\n", failure.message().c_str());
    return 97;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        return 99;
    }
    windpipe::command what(argv[4]);
    for (int i = 5; i < argc; ++i) {
        what.arg(argv[i]);
    }
    if (const char* const directory = std::getenv("REDIRECTOR_DIRECTORY")) {
        what.current_dir(directory);
    }
    auto child = what.in(input_named(argv[1])).out(output_named(argv[2])).err(output_named(argv[3])).spawn();
    if (!child) {
        return fail(child.error());
    }
    const auto status = child->wait();
    return status ? static_cast<int>(status->code().value_or(96)) : fail(status.error());
}
