// What a ring does that only Linux has: poll(2), fork without exec, seals.
#include "support/children.hpp"
#include "support/result.hpp"

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/ring.hpp>
#include <windpipe/run.hpp>
#include <windpipe/waitable.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <sched.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::make_ring;
using windpipe::or_throw;

windpipe::wait_limit at_once() { return {.until = std::chrono::seconds(0)}; }

bool is_ready(windpipe::native_handle handle) {
    pollfd watched{handle, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
}

TEST(ring_on_linux, an_end_is_ready_for_poll_when_what_timed_out_could_be_done) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    std::array<std::byte, 65536> bytes{};
    EXPECT_FALSE(is_ready(reader.native_handle()));
    for (int time = 0; time < 10; ++time) {
        EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out);
        EXPECT_FALSE(is_ready(reader.native_handle()));
        ASSERT_OK(writer.write(bytes));
        EXPECT_TRUE(is_ready(reader.native_handle()));
        EXPECT_FAILS(writer.write("x", at_once()), timed_out);
        EXPECT_FALSE(is_ready(writer.native_handle()));
        EXPECT_VALUE(reader.read_some(bytes, at_once()), 65536U);
        EXPECT_TRUE(is_ready(writer.native_handle()));
    }
    reader.close();
    EXPECT_TRUE(is_ready(writer.native_handle())) << "nobody reads any more";
}

TEST(ring_on_linux, an_event_loop_of_others_waits_for_a_handle_of_its_own) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    const auto readable = or_throw(windpipe::make_waitable(reader));
    const auto writable = or_throw(windpipe::make_waitable(writer));
    std::array<std::byte, 65536> bytes{};
    EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out);
    EXPECT_FALSE(is_ready(readable.get()));
    ASSERT_OK(writer.write(bytes));
    EXPECT_TRUE(is_ready(readable.get()));
    EXPECT_FAILS(writer.write("x", at_once()), timed_out);
    EXPECT_FALSE(is_ready(writable.get()));
    EXPECT_VALUE(reader.read_some(bytes, at_once()), 65536U);
    EXPECT_TRUE(is_ready(writable.get()));
    EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out);
    EXPECT_FALSE(is_ready(readable.get()));
    writer.close();
    EXPECT_TRUE(is_ready(readable.get())) << "the end of the stream";
    EXPECT_FAILS(windpipe::make_waitable(writer), bad_file_descriptor);
}

/// This thread, and those it starts, on one processor as long as this is there.
class one_processor {
public:
    one_processor() {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
        EXPECT_EQ(::sched_getaffinity(0, sizeof before_, &before_), 0);
        EXPECT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    }
    ~one_processor() { (void)::sched_setaffinity(0, sizeof before_, &before_); }
    one_processor(const one_processor&) = delete;
    one_processor& operator=(const one_processor&) = delete;

private:
    cpu_set_t before_{};
};

TEST(ring_on_linux, both_sides_on_one_processor_take_turns_with_each_byte_once) {
    const one_processor only;
    auto [requests, asking] = or_throw(make_ring());
    auto [answers, answering] = or_throw(make_ring());
    std::jthread helper([from = std::move(requests), to = std::move(answering)]() mutable {
        std::uint32_t number = 0;
        while (or_throw(from.read(std::as_writable_bytes(std::span(&number, 1)))) == sizeof number) {
            ++number;
            or_throw(to.write(std::as_bytes(std::span(&number, 1))));
        }
    });
    for (std::uint32_t i = 0; i < 5000; ++i) {
        std::uint32_t answer = 0;
        EXPECT_OK(asking.write(std::as_bytes(std::span(&i, 1))));
        EXPECT_OK(answers.read(std::as_writable_bytes(std::span(&answer, 1))));
        EXPECT_EQ(answer, i + 1);
    }
    asking.close();
    std::array<std::byte, 1> none{};
    EXPECT_VALUE(answers.read(none), 0U);
}

TEST(ring_on_linux, that_is_empty_again_and_again_on_one_processor_uses_what_fits_into_its_cache) {
    const one_processor only;
    constexpr std::size_t size = 20'000;
    auto [reader, writer] = or_throw(make_ring({.capacity = 8 << 20}));
    std::vector<std::byte> got(size);
    std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
    std::uintptr_t highest = 0;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FAILS(reader.read_some(got, at_once()), timed_out); // it says where it is
        const auto place = reinterpret_cast<std::uintptr_t>(or_throw(writer.reserve(size)).data());
        lowest = std::min(lowest, place);
        highest = std::max(highest, place);
        ASSERT_OK(writer.commit(size));
        ASSERT_OK(reader.read(got));
    }
    EXPECT_LT(highest - lowest, 512U * 1024);
}

TEST(ring_on_linux, in_a_child_made_by_fork_every_call_is_refused_and_the_parent_goes_on) {
    auto [reader, writer] = or_throw(make_ring());
    for (int i = 0; i < 20; ++i) { // the thread that forks has both sides to itself
        std::array<std::byte, 1> byte{};
        ASSERT_OK(writer.write("x"));
        ASSERT_OK(reader.read(byte));
    }
    ASSERT_OK(writer.write("for the parent"));
    const pid_t child = ::fork();
    ASSERT_NE(child, -1);
    if (child == 0) {
        std::array<std::byte, 4> bytes{};
        const auto refused = [](const auto& outcome) {
            return !outcome && outcome.error().code == std::errc::operation_not_permitted;
        };
        const bool all = refused(reader.read_some(bytes)) && refused(writer.write("x")) && refused(writer.write("")) &&
                         refused(writer.reserve(1)) && refused(reader.peek(std::size_t{1})) &&
                         refused(reader.available()) && refused(reader.duplicate());
        reader.close();
        writer.close();
        ::_exit(all ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    std::array<std::byte, 100> bytes{};
    EXPECT_VALUE(reader.read_some(bytes), 14U);
    writer.close();
    EXPECT_VALUE(reader.read_some(bytes), 0U);
}

TEST(ring_on_linux, others_at_a_side_keep_their_deadlines_while_a_process_there_is_stopped_at_any_moment) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536, .mode = windpipe::ring_mode::shared}));
    auto child = or_throw(
        child_command("ring_end").args({"writer", "out", "flood"}).give("out", or_throw(writer.duplicate())).spawn());
    std::array<std::byte, 4096> bytes{};
    for (int time = 0; time < 30; ++time) {
        ASSERT_OK(reader.read(bytes));
        ASSERT_EQ(::kill(static_cast<pid_t>(child.pid()), SIGSTOP), 0);
        const auto written = writer.write("x", {.until = std::chrono::milliseconds(5)});
        EXPECT_TRUE(written || written.error().code == std::errc::timed_out);
        const auto at_once_written = writer.write("x", at_once());
        EXPECT_TRUE(at_once_written || at_once_written.error().code == std::errc::timed_out);
        while (reader.read_some(bytes, at_once())) { // what is there can be read
        }
        ASSERT_EQ(::kill(static_cast<pid_t>(child.pid()), SIGCONT), 0);
    }
    ASSERT_OK(child.kill());
    ASSERT_OK(child.wait());
    while (reader.read_some(bytes, at_once())) { // the child may have filled it meanwhile
    }
    ASSERT_OK(writer.write("x", {.until = std::chrono::seconds(30)}));
}

TEST(ring_on_linux, ends_when_the_process_that_holds_the_last_copy_executes_another_program) {
    auto [reader, writer] = or_throw(make_ring());
    std::array<int, 2> go{};
    ASSERT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_NE(child, -1);
    if (child == 0) {
        ::close(go[1]);
        char byte = 0;
        (void)!::read(go[0], &byte, 1); // until the parent has closed its end
        ::execl("/bin/sleep", "sleep", "1000", nullptr);
        ::_exit(1);
    }
    ::close(go[0]);
    writer.close();
    std::array<std::byte, 1> bytes{};
    EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out) << "the child has a copy";
    ::close(go[1]);
    EXPECT_VALUE(reader.read_some(bytes), 0U);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

TEST(ring_on_linux, memory_can_be_made_neither_shorter_nor_longer) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    const auto handles = reader.release();
    EXPECT_EQ(::ftruncate(handles.memory.get(), 4096), -1);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(::ftruncate(handles.memory.get(), 1 << 20), -1);
    EXPECT_EQ(::fcntl(handles.memory.get(), F_ADD_SEALS, F_SEAL_WRITE), -1) << "no seal can be added";
}

TEST(ring_on_linux, a_call_that_waits_uses_no_processor) {
    auto [reader, writer] = or_throw(make_ring());
    std::array<std::byte, 1> byte{};
    timespec before{};
    timespec after{};
    std::thread waits([&] {
        EXPECT_FAILS(reader.read_some(byte, {.until = std::chrono::milliseconds(300)}), timed_out);
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        EXPECT_FAILS(reader.read_some(byte, {.until = std::chrono::milliseconds(300)}), timed_out);
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    });
    waits.join();
    const long used = (after.tv_sec - before.tv_sec) * 1'000'000'000 + after.tv_nsec - before.tv_nsec;
    EXPECT_LT(used, 50'000'000) << "of 300 ms: processor time, not time";
}

// ---- processes that may not call membarrier(2)

/// Adopts the reader "r" and the writer "w", and copies from the one to the other.
windpipe::command copying_without_barriers() {
    return windpipe::command(child_program("without"), "membarrier", child_program("ring_end"), "reader", "r", "writer",
                             "w", "copy");
}

TEST(ring_on_linux, a_process_without_barriers_and_one_with_them_wake_each_other) {
    auto there = or_throw(make_ring({.capacity = 65536}));
    auto back = or_throw(make_ring({.capacity = 65536}));
    auto child = or_throw(
        copying_without_barriers().give("r", std::move(there.reader)).give("w", std::move(back.writer)).spawn());
    std::array<std::byte, 5000> sent{};
    std::array<std::byte, 5000> got{};
    for (std::size_t turn = 0; turn < 2000; ++turn) { // alternately many bytes between two sleeps, and few
        const std::size_t size = turn % 3 == 0 ? sent.size() : 1;
        sent.fill(static_cast<std::byte>(turn));
        ASSERT_OK(there.writer.write(std::span(sent).first(size)));
        ASSERT_OK(back.reader.read(std::span(got).first(size)));
        ASSERT_EQ(got[size - 1], sent[size - 1]);
    }
    there.writer.close();
    EXPECT_VALUE(back.reader.read_some(got), 0U);
    EXPECT_TRUE(or_throw(child.wait()).success());
}

TEST(ring_on_linux, an_end_that_relies_on_barriers_is_refused_by_a_process_without_them) {
    auto there = or_throw(make_ring({.capacity = 65536}));
    auto back = or_throw(make_ring({.capacity = 65536}));
    std::array<std::byte, 1> got{};
    ASSERT_OK(there.writer.write("x"));
    EXPECT_VALUE(there.reader.read_some(got), 1U); // it has not slept since, and would take that back if it did
    if (const char* const missing = std::getenv("WINDPIPE_WITHOUT");
        missing != nullptr && std::string_view(missing).find("membarrier") != std::string_view::npos) {
        GTEST_SKIP() << "this process has no barriers either";
    }
    const auto ended = or_throw(
        windpipe::run(copying_without_barriers().give("r", std::move(there.reader)).give("w", std::move(back.writer))));
    EXPECT_FALSE(ended.status.success());
    EXPECT_NE(ended.err.text().find("membarrier(2)"), std::string::npos) << ended.err.text();
    EXPECT_VALUE(back.reader.read_some(got), 0U);
}

} // namespace
