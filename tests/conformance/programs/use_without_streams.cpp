// use_without_streams.cpp - uses windpipe in a process whose standard streams are partly closed:
// `use_without_streams NUMBERS REPORT CAT LIST_HANDLES`
//
// Writes to the file REPORT what failed, or, when nothing did, what a child holds that inherits all it can.
#include "close_streams.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using windpipe::result;

std::unexpected<windpipe::error> wrong(std::string_view what, std::string_view got) {
    return std::unexpected(windpipe::error{std::make_error_code(std::errc::io_error), what, std::string(got)});
}

result<void> use_a_pipe() {
    auto ends = windpipe::make_pipe();
    if (!ends) {
        return std::unexpected(ends.error());
    }
    if (auto written = ends->writer.write("pipe"); !written) {
        return written;
    }
    ends->writer.close();
    std::string got;
    if (auto read = ends->reader.read_to_end(got); !read) {
        return std::unexpected(read.error());
    }
    return got == "pipe" ? result<void>{} : wrong("pipe", got);
}

/// The pipe is there before the child is, so that its ends might have taken the numbers of closed streams.
result<void> hand_over_a_pipe(const char* cat) {
    auto feed = windpipe::make_pipe();
    auto drain = windpipe::make_pipe();
    if (!feed || !drain) {
        return std::unexpected((feed ? drain : feed).error());
    }
    auto child = windpipe::command{cat}.in(std::move(feed->reader)).out(std::move(drain->writer)).spawn();
    if (!child) {
        return std::unexpected(child.error());
    }
    if (auto written = feed->writer.write("handed"); !written) {
        return written;
    }
    feed->writer.close();
    std::string got;
    if (auto read = drain->reader.read_to_end(got); !read) {
        return std::unexpected(read.error());
    }
    return got == "handed" ? result<void>{} : wrong("hand over", got);
}

result<void> run_cat(const char* cat) {
    const auto done = windpipe::run(windpipe::command{cat}, {.input = "run"});
    if (!done) {
        return std::unexpected(done.error());
    }
    return done->success() && done->out.text() == "run" ? result<void>{} : wrong("run", done->out.text());
}

/// What a closed stream's number belongs to now must not be one of ours: text that is printed would get into it.
result<void> peek_while_printing() {
    auto ends = windpipe::make_pipe();
    if (!ends) {
        return std::unexpected(ends.error());
    }
    if (auto written = ends->writer.write("peeked"); !written) {
        return written;
    }
    std::string got(6, ' ');
    for (int i = 0; i < 3; ++i) {
        const auto seen = ends->reader.peek(std::as_writable_bytes(std::span(got)));
        if (!seen) {
            return std::unexpected(seen.error());
        }
        if (got != "peeked") {
            return wrong("peek", got);
        }
        std::fputs("astray", stdout);
        std::fputs("astray", stderr);
        std::fflush(nullptr);
    }
    return {};
}

result<void> let_go_of_cat(const char* cat) {
    auto child = windpipe::command{cat}.in(windpipe::piped).out(windpipe::piped).spawn();
    if (!child) {
        return std::unexpected(child.error());
    }
    child->detach();
    child->in.close();
    std::string got;
    if (auto read = child->out.read_to_end(got); !read) {
        return std::unexpected(read.error());
    }
    return got.empty() ? result<void>{} : wrong("detach", got);
}

/// Also while a child runs: nothing that belongs to it is in the place of a stream.
result<void> take_what_is_no_pipe(std::string_view closed, const char* cat) {
    auto child = windpipe::command{cat}.in(windpipe::piped).out(windpipe::piped).spawn();
    if (!child) {
        return std::unexpected(child.error());
    }
    // The runtime of a sanitizer may have put a file of its own into a free place.
    const auto is_right = [&](char number, const std::error_code& code) {
        return code == std::errc::invalid_argument ||
               (closed.contains(number) && code == std::errc::bad_file_descriptor);
    };
    const auto in = windpipe::take_stdin();
    if (in || !is_right('0', in.error().code)) {
        return wrong("take_stdin", in ? "it took something" : in.error().message());
    }
    const auto out = windpipe::take_stdout();
    if (out || !is_right('1', out.error().code)) {
        return wrong("take_stdout", out ? "it took something" : out.error().message());
    }
    return {};
}

result<std::string> handles_of_child(const char* list_handles) {
    auto child = windpipe::command{list_handles}.in(windpipe::inherit).out(windpipe::piped).spawn();
    if (!child) {
        return std::unexpected(child.error());
    }
    std::string got;
    if (auto read = child->out.read_to_end(got); !read) {
        return std::unexpected(read.error());
    }
    const auto status = child->wait();
    if (!status) {
        return std::unexpected(status.error());
    }
    return status->success() ? result<std::string>(got) : wrong("list_handles", status->text());
}

result<std::string> use_all(std::string_view closed, const char* cat, const char* list_handles) {
    for (int i = 0; i < 3; ++i) {
        auto used = use_a_pipe();
        used = used ? hand_over_a_pipe(cat) : used;
        used = used ? run_cat(cat) : used;
        used = used ? peek_while_printing() : used;
        used = used ? let_go_of_cat(cat) : used;
        used = used ? take_what_is_no_pipe(closed, cat) : used;
        if (!used) {
            return std::unexpected(used.error());
        }
    }
    return handles_of_child(list_handles);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        return 99;
    }
    windpipe_test::close_streams(argv[1]);
    const auto used = use_all(argv[1], argv[3], argv[4]);
    std::ofstream report(argv[2], std::ios::binary);
    report << (used ? *used : "FAILED: " + used.error().message()) << std::flush;
    return report.good() && used ? 0 : 1;
}
