// use_without_streams.cpp - uses windpipe in a process whose standard streams are partly closed:
// `use_without_streams NUMBERS REPORT CAT LIST_HANDLES`
//
// Writes to the file REPORT what failed, or, when nothing did, what a child holds that inherits all it can.
#include "close_streams.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

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

result<std::string> use_all(const char* cat, const char* list_handles) {
    for (int i = 0; i < 3; ++i) {
        auto used = use_a_pipe();
        used = used ? hand_over_a_pipe(cat) : used;
        used = used ? run_cat(cat) : used;
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
    const auto used = use_all(argv[3], argv[4]);
    std::ofstream report(argv[2], std::ios::binary);
    report << (used ? *used : "FAILED: " + used.error().message()) << std::flush;
    return report.good() && used ? 0 : 1;
}
