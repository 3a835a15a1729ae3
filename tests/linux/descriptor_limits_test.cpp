// No descriptors left: an error at whichever step it happens, with nothing left behind; and limits and numbers so high
// that nobody can walk through them.
#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::piped;

/// While it lives, this process can open exactly `count` more descriptors.
class room_for {
public:
    explicit room_for(int count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int highest = highest_open();
        for (int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC); fd >= 0; fd = ::dup(fd)) {
            fillers_.push_back(fd); // every free number below the highest
            if (fd > highest) {
                break;
            }
        }
        const rlimit tight{static_cast<rlim_t>(fillers_.back() + 1 + count), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &tight);
    }
    ~room_for() {
        ::setrlimit(RLIMIT_NOFILE, &before_);
        std::ranges::for_each(fillers_, ::close);
    }
    room_for(const room_for&) = delete;
    room_for& operator=(const room_for&) = delete;

private:
    static int highest_open() {
        int highest = 0;
        for (const std::string& handle : open_handles()) {
            highest = std::max(highest, std::stoi(handle));
        }
        return highest;
    }

    rlimit before_{};
    std::vector<int> fillers_;
};

template <class T>
windpipe::result<void> without_value(const windpipe::result<T>& made) {
    return made ? windpipe::result<void>() : std::unexpected(made.error());
}

/// `tried` with room for 0, 1, 2 ... descriptors, until it succeeds: till then it must say that there are too many
/// files. It must not throw: some sanitizers look at an exception by means of a pipe.
void expect_clear_errors(const std::function<windpipe::result<void>()>& tried, int least) {
    ASSERT_OK(tried()); // what the library makes once and keeps is there
    for (int room = 0;; ++room) {
        SCOPED_TRACE("room for " + std::to_string(room));
        ASSERT_LT(room, 100);
        const expect_nothing_leaked watch;
        windpipe::result<void> outcome;
        {
            const room_for few(room);
            outcome = tried();
        }
        if (outcome) {
            EXPECT_GE(room, least) << "it needs less than one would think: does this test measure anything?";
            return;
        }
        const std::string message = outcome.error().message();
        EXPECT_EQ(outcome.error().code, std::errc::too_many_files_open) << message;
        EXPECT_FALSE(outcome.error().operation.empty());
        EXPECT_NE(message.find("close ends"), std::string::npos) << "the remedy: " << message;
    }
}

TEST(too_many_files, is_the_error_of_making_a_pipe) {
    expect_clear_errors([] { return without_value(windpipe::make_pipe()); }, 2);
}

TEST(too_many_files, is_the_error_of_a_duplicate) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    expect_clear_errors([&] { return without_value(ends->writer.duplicate()); }, 1);
}

TEST(too_many_files, is_the_error_of_a_start_at_each_step) {
    const scratch_directory scratch;
    const std::string program = child_program("cat");
    const std::string log = utf8(scratch / "log");
    expect_clear_errors(
        [&] {
            auto child = windpipe::command{program}.in(piped).out(piped).err(windpipe::append_to{log}).spawn();
            if (child) {
                child->in.close();
                EXPECT_TRUE(exited_with(child->wait(), 0));
            }
            return without_value(child);
        },
        6);
}

TEST(too_many_files, is_the_error_of_a_run) {
    const std::string program = child_program("cat");
    expect_clear_errors(
        [&] {
            const auto done = windpipe::run(windpipe::command{program}, {.input = "text"});
            if (done) {
                EXPECT_EQ(done->out.text(), "text");
            }
            return without_value(done);
        },
        7);
}

TEST(too_many_files, can_be_in_the_child_alone) {
    // swapping needs a number for a while: the child has the same limit
    const expect_nothing_leaked watch;
    auto child = child_command("exit_with", "0").out(windpipe::our_stderr).err(windpipe::our_stdout);
    ASSERT_OK(child.spawn());
    for (int room = 0; room < 10; ++room) {
        const room_for few(room);
        const auto started = child.spawn();
        if (started) {
            EXPECT_GE(room, 1);
            return;
        }
        EXPECT_EQ(started.error().code, std::errc::too_many_files_open) << started.error().message();
    }
    FAIL() << "it never started";
}

// ---- high limits and numbers

/// The limit of open files at 2^30, for a while, or as high as this user may set it.
class highest_limit {
public:
    static constexpr rlim_t wish = rlim_t{1} << 30U;

    highest_limit() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        std::ifstream(nr_open) >> nr_open_before_;
        if (nr_open_before_ < wish) {
            std::ofstream(nr_open) << wish; // only root may, and not in every container
        }
        for (rlim_t tried = wish; tried > before_.rlim_max; tried /= 2) {
            const rlimit wanted{tried, tried};
            if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0) {
                return;
            }
            if (why_.empty()) {
                why_ = std::string("setrlimit: ") + std::strerror(errno);
            }
        }
        const rlimit own{before_.rlim_max, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &own);
    }
    ~highest_limit() {
        ::setrlimit(RLIMIT_NOFILE, &before_);
        if (nr_open_before_ < wish) {
            std::ofstream(nr_open) << nr_open_before_;
        }
    }
    highest_limit(const highest_limit&) = delete;
    highest_limit& operator=(const highest_limit&) = delete;

    [[nodiscard]] static rlim_t now() {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        return limit.rlim_cur;
    }
    /// Why it is not as high as was wished.
    [[nodiscard]] std::string why() const {
        return std::to_string(now()) + " is the highest limit here: " + why_ + " for 2^30, with an fs.nr_open of " +
               std::to_string(nr_open_before_);
    }

private:
    static constexpr auto nr_open = "/proc/sys/fs/nr_open";
    rlimit before_{};
    rlim_t nr_open_before_ = 0;
    std::string why_;
};

TEST(many_files, a_high_limit_costs_a_start_nothing) {
    const highest_limit here;
    if (highest_limit::now() < highest_limit::wish) {
        GTEST_SKIP() << here.why();
    }
    for (int i = 0; i < 20; ++i) { // walking through all numbers would take minutes, and the watchdog's patience
        EXPECT_EQ(output_of(child_command("cat"), "text"), "text");
    }
}

TEST(many_files, a_high_number_without_close_on_exec_does_not_reach_the_child) {
    const highest_limit here;
    constexpr rlim_t affordable = rlim_t{1} << 20U; // the kernel keeps a table with as many entries, of 8 bytes each
    const auto high = static_cast<int>(std::min(highest_limit::now() - 1, affordable));
    RecordProperty("number", std::to_string(high));
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    const int loose = ::fcntl(ends->writer.native_handle(), F_DUPFD, high);
    ASSERT_GE(loose, high);
    auto stays = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(stays);
    EXPECT_EQ(line_of(stays->out), "ready\n");
    ::close(loose);
    ends->writer.close();
    EXPECT_EQ(rest_of(ends->reader), "") << "the child that lives has no copy";
}

TEST(many_files, thousands_open_do_not_reach_the_child) {
    const highest_limit here;
    if (highest_limit::now() < 5100) {
        GTEST_SKIP() << here.why();
    }
    std::vector<int> loose;
    for (int i = 0; i < 5000; ++i) {
        loose.push_back(::open("/dev/null", O_RDONLY)); // not close-on-exec
        ASSERT_GE(loose.back(), 0);
    }
    const std::string listed = output_of(child_command("list_handles"));
    std::ranges::for_each(loose, ::close);
    EXPECT_EQ(std::ranges::count(listed, '\n'), 3) << listed;
}

} // namespace
