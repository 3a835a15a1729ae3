// The signals a child starts with do not depend on what its parent blocks, ignores or handles.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <sstream>
#include <string>
#include <thread>

namespace {

using namespace windpipe_test;

constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << static_cast<unsigned>(signal - 1); }

/// Those a sanitizer's runtime handles in every program that is built with it.
constexpr std::uint64_t crashes = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) | bit(SIGABRT) | bit(SIGTRAP);

struct report {
    std::uint64_t blocked = 0;
    std::uint64_t ignored = 0;
    std::uint64_t caught = 0;
    std::string pending;
};

report signals_of_a_child() {
    std::istringstream lines(output_of(child_command("report_signals")));
    report told;
    std::string word;
    lines >> word >> std::hex >> told.blocked >> word >> told.ignored >> word >> told.caught >> word;
    std::getline(lines, told.pending);
    EXPECT_FALSE(lines.fail());
    return told;
}

/// The action of one signal, for a while.
class action {
public:
    action(int signal, void (*handler)(int)) : signal_(signal) {
        struct sigaction wanted{};
        wanted.sa_handler = handler;
        ::sigaction(signal, &wanted, &before_);
    }
    ~action() { ::sigaction(signal_, &before_, nullptr); }
    action(const action&) = delete;
    action& operator=(const action&) = delete;

private:
    int signal_;
    struct sigaction before_{};
};

/// Every signal of this thread blocked, for a while.
class all_blocked {
public:
    all_blocked() {
        sigset_t all{};
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~all_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    all_blocked(const all_blocked&) = delete;
    all_blocked& operator=(const all_blocked&) = delete;

private:
    sigset_t before_{};
};

extern "C" void do_nothing(int /*signal*/) {}

TEST(child_signals, none_is_blocked_although_we_block_all) {
    const all_blocked here;
    EXPECT_EQ(signals_of_a_child().blocked, 0U);
}

TEST(child_signals, our_mask_is_as_before) {
    sigset_t before{};
    sigset_t after{};
    sigset_t wanted{};
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
    (void)signals_of_a_child();
    EXPECT_FALSE(windpipe::command{"./windpipe_there_is_no_such_program"}.spawn());
    ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
    ::pthread_sigmask(SIG_UNBLOCK, &wanted, nullptr);
    for (int signal = 1; signal < NSIG; ++signal) {
        EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
    }
}

TEST(child_signals, sigpipe_has_its_default_although_we_ignore_it) {
    const action ours(SIGPIPE, SIG_IGN);
    EXPECT_EQ(signals_of_a_child().ignored & bit(SIGPIPE), 0U);
}

TEST(child_signals, others_that_we_ignore_stay_ignored) {
    const action hangup(SIGHUP, SIG_IGN); // as under nohup(1)
    const action user(SIGUSR2, SIG_IGN);
    EXPECT_EQ(signals_of_a_child().ignored & (bit(SIGHUP) | bit(SIGUSR2)), bit(SIGHUP) | bit(SIGUSR2));
}

TEST(child_signals, handlers_of_ours_are_not_there) {
    const action user(SIGUSR1, do_nothing);
    const action term(SIGTERM, do_nothing);
    const action pipe(SIGPIPE, do_nothing);
    const action realtime(SIGRTMAX, do_nothing);
    const report told = signals_of_a_child();
    EXPECT_EQ(told.caught & ~crashes, 0U) << std::hex << told.caught;
    EXPECT_EQ(told.ignored & (bit(SIGUSR1) | bit(SIGTERM) | bit(SIGPIPE)), 0U);
}

TEST(child_signals, our_handlers_are_as_before) {
    const action user(SIGUSR1, do_nothing);
    (void)signals_of_a_child();
    EXPECT_FALSE(windpipe::command{"./windpipe_there_is_no_such_program"}.spawn());
    struct sigaction now{};
    ::sigaction(SIGUSR1, nullptr, &now);
    EXPECT_EQ(now.sa_handler, do_nothing);
}

TEST(child_signals, none_is_pending) {
    const all_blocked here;
    std::raise(SIGUSR1);
    const report told = signals_of_a_child();
    EXPECT_EQ(told.pending.find_first_not_of(" 0"), std::string::npos) << told.pending;
    sigset_t pending{};
    ::sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGUSR1), 1) << "it is still ours";
    const action ignored(SIGUSR1, SIG_IGN); // drops it
}

TEST(child_signals, a_handler_that_runs_all_the_time_disturbs_no_start) {
    const action user(SIGUSR1, do_nothing);
    std::atomic<bool> done = false;
    const pthread_t target = ::pthread_self();
    std::jthread shoots([&] {
        while (!done) {
            ::pthread_kill(target, SIGUSR1);
            std::this_thread::yield();
        }
    });
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(output_of(child_command("cat"), "text"), "text");
    }
    done = true;
}

} // namespace
