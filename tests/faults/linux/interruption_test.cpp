// A signal that interrupts a system call is never seen by the caller; close(2) is made once, whatever it says.
#include "../each_call.hpp"

#include "conformance/helpers/on_loop.hpp"
#include "conformance/helpers/processes.hpp"
#include "support/native.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::piped;

TEST(interruption, of_pipe_calls_is_not_noticed) {
    interrupt_each_call([] {
        auto [reader, writer] = or_throw(windpipe::make_pipe({.capacity = 1 << 17}));
        auto second = or_throw(writer.duplicate());
        or_throw(second.write("text"));
        std::string seen(4, ' ');
        EXPECT_EQ(or_throw(reader.peek(std::as_writable_bytes(std::span(seen)))), 4U);
        EXPECT_EQ(or_throw(reader.read_some(std::as_writable_bytes(std::span(seen)))), 4U);
        EXPECT_EQ(seen, "text");
        EXPECT_EQ(reader.read_some(std::as_writable_bytes(std::span(seen)), {.until = 2ms}).error().code,
                  std::errc::timed_out);
        auto same = or_throw(windpipe::pipe_writer::adopt(second.release()));
        reader.close();
        EXPECT_EQ(same.write("x").error().code, std::errc::broken_pipe);
    });
}

TEST(interruption, of_ring_calls_is_not_noticed) {
    interrupt_each_call([] {
        auto [reader, writer] = or_throw(windpipe::make_ring({.capacity = 65536}));
        std::array<std::byte, 40'000> bytes{};
        EXPECT_EQ(reader.read_some(bytes, {.until = 2ms}).error().code, std::errc::timed_out);
        or_throw(writer.write(bytes));
        EXPECT_EQ(writer.write(bytes, {.until = 2ms}).error().code, std::errc::timed_out);
        EXPECT_EQ(or_throw(reader.read(bytes)), bytes.size());
        auto same = or_throw(windpipe::ring_writer::adopt(writer.release()));
        reader.close();
        EXPECT_EQ(same.write("x").error().code, std::errc::broken_pipe);
    });
}

TEST(interruption, of_starting_and_waiting_is_not_noticed) {
    interrupt_each_call([] {
        const scratch_directory scratch;
        auto child = or_throw(child_command("cat_both")
                                  .in(piped)
                                  .out(windpipe::to_file{utf8(scratch / "output")})
                                  .err(windpipe::our_stderr)
                                  .spawn());
        EXPECT_EQ(child.wait({.until = 2ms}).error().code, std::errc::timed_out);
        child.in.close();
        EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
    });
}

TEST(interruption, of_run_is_not_noticed) {
    interrupt_each_call([] {
        const auto done = or_throw(windpipe::run(child_command("cat"), {.input = "text"}));
        EXPECT_EQ(done.out.text(), "text");
        EXPECT_TRUE(done.success());
    });
}

TEST(interruption, of_a_loop_is_not_noticed) {
    interrupt_each_call([] {
        auto on = or_throw(windpipe::loop::make());
        auto [reader, writer] = or_throw(windpipe::make_pipe());
        const auto read = [](windpipe::loop& where, windpipe::pipe_reader& from) -> windpipe::task<> {
            EXPECT_EQ(or_throw(co_await read_text_on(where, from)), "text");
            EXPECT_EQ((co_await read_text_on(where, from, {.until = 2ms})).error().code, std::errc::timed_out);
        };
        on.spawn(read(on, reader));
        EXPECT_FALSE(or_throw(on.run_until(1ms)));
        or_throw(writer.write("text"));
        or_throw(on.run());
    });
}

TEST(interruption, of_close_does_not_make_it_again) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const std::array<int, 2> fds{reader.native_handle(), writer.native_handle()};
    fail_nth(1, EINTR, 1000);
    reader.close();
    writer.close();
    const std::vector<std::string> made = names();
    none();
    EXPECT_EQ(made, (std::vector<std::string>{"close", "close"}));
    for (const int fd : fds) {
        EXPECT_FALSE(is_open(fd)) << "interrupted or not, it is closed";
    }
}

} // namespace

} // namespace windpipe_test::faults
