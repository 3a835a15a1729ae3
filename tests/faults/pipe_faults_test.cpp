// Every system call of what is done with pipes fails once.
#include "each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/native.hpp"

#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::make_pipe;
using windpipe::or_throw;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// A wait that must end by its deadline.
template <class T>
void expect_timeout(windpipe::result<T> waited) {
    if (waited) {
        ADD_FAILURE() << "nothing was to come";
    } else if (waited.error().code != std::errc::timed_out) {
        or_throw(std::move(waited));
    }
}

void make_pipes() {
    auto plain = or_throw(make_pipe());
    auto large = or_throw(make_pipe({.capacity = 1 << 20}));
    EXPECT_GE(or_throw(plain.reader.capacity()), 4096U);
    EXPECT_GE(or_throw(large.writer.capacity()), 4096U);
}

void write_and_read() {
    auto [reader, writer] = or_throw(make_pipe());
    or_throw(writer.write("hello"));
    std::array<std::byte, 5> got{};
    EXPECT_EQ(or_throw(reader.read(got)), 5U);
    EXPECT_EQ(or_throw(writer.write_some(bytes_of("xy"))), 2U);
    EXPECT_EQ(or_throw(reader.read_some(got)), 2U);
    const std::array<windpipe::const_buffer, 2> pieces{bytes_of("ab"), bytes_of("cd")};
    or_throw(writer.write_gather(pieces));
    writer.close();
    std::string rest;
    or_throw(reader.read_to_end(rest));
    EXPECT_EQ(rest, "abcd");
}

void wait_for_data() {
    auto [reader, writer] = or_throw(make_pipe());
    std::array<std::byte, 1> byte{};
    expect_timeout(reader.read_some(byte, {.until = 1ms}));
    const std::vector<std::byte> much(or_throw(writer.capacity()) + 1);
    expect_timeout(writer.write(much, {.until = 1ms}));
}

void wait_for_another_thread() {
    auto [reader, writer] = or_throw(make_pipe());
    std::array<std::byte, 4> got{};
    windpipe::result<std::size_t> read = 0;
    {
        const std::jthread other([&, &in = reader] { read = in.read(got, {.until = 1h}); });
        const auto written = writer.write("abcd");
        writer.close(); // the other thread ends in any case
        or_throw(windpipe::result<void>(written));
    }
    EXPECT_EQ(or_throw(std::move(read)), 4U);
}

void write_without_readers() {
    auto [reader, writer] = or_throw(make_pipe());
    reader.close();
    auto written = writer.write("x");
    if (written) {
        ADD_FAILURE() << "nobody could have read it";
    } else if (written.error().code != std::errc::broken_pipe) {
        or_throw(std::move(written));
    }
}

void look_without_taking() {
    auto [reader, writer] = or_throw(make_pipe());
    or_throw(writer.write("peeked"));
    std::string seen(10, ' ');
    EXPECT_EQ(or_throw(reader.available()), 6U);
    EXPECT_EQ(or_throw(reader.peek(std::as_writable_bytes(std::span(seen)))), 6U);
    EXPECT_EQ(seen.substr(0, 6), "peeked");
    std::array<std::byte, 6> got{};
    EXPECT_EQ(or_throw(reader.read(got)), 6U) << "it was still there";
    EXPECT_EQ(or_throw(reader.peek(got)), 0U);
}

void copy_and_adopt() {
    auto [reader, writer] = or_throw(make_pipe());
    auto second = or_throw(writer.duplicate());
    writer.close();
    or_throw(second.write("x"));
    auto adopted = or_throw(windpipe::pipe_writer::adopt(second.release()));
    or_throw(adopted.write("y"));
    adopted.close();
    auto same = or_throw(windpipe::pipe_reader::adopt(reader.release()));
    std::string got;
    or_throw(same.read_to_end(got));
    EXPECT_EQ(got, "xy");
}

void find_holders() {
    auto [reader, writer] = or_throw(make_pipe());
    const auto found = or_throw(windpipe::holders(reader));
    EXPECT_TRUE(found.known.size() == 1 || !found.complete) << found.text();
}

void transfer_to_another_pipe() {
    auto from = or_throw(make_pipe());
    auto to = or_throw(make_pipe());
    or_throw(from.writer.write("hello"));
    EXPECT_EQ(or_throw(windpipe::transfer(from.reader, to.writer, 2)), 2U);
    from.writer.close();
    EXPECT_EQ(or_throw(windpipe::transfer(from.reader, to.writer)), 3U);
    std::array<std::byte, 5> got{};
    EXPECT_EQ(or_throw(to.reader.read(got)), 5U);
}

void transfer_that_waits_or_finds_nobody() {
    auto from = or_throw(make_pipe());
    auto to = or_throw(make_pipe());
    expect_timeout(windpipe::transfer(from.reader, to.writer, 1, {.until = 1ms}));
    or_throw(from.writer.write("x"));
    to.reader.close();
    auto moved = windpipe::transfer(from.reader, to.writer, 1);
    if (moved) {
        ADD_FAILURE() << "nobody could have read it";
    } else if (moved.error().code != std::errc::broken_pipe) {
        or_throw(std::move(moved));
    }
    EXPECT_EQ(or_throw(from.reader.available()), 1U);
}

void transfer_to_a_file_and_back() {
    const auto file = scratch_file();
    auto [reader, writer] = or_throw(make_pipe());
    or_throw(writer.write("hello"));
    EXPECT_EQ(or_throw(windpipe::transfer(reader, file.get(), 5)), 5U);
    set_position(file.get(), 0);
    EXPECT_EQ(or_throw(windpipe::transfer(file.get(), writer)), 5U);
    std::array<std::byte, 5> got{};
    EXPECT_EQ(or_throw(reader.read(got)), 5U);
    expect_timeout(windpipe::transfer(reader, file.get(), 1, {.until = 1ms}));
}

void transfer_to_a_path_and_back() {
    const scratch_directory scratch;
    auto [reader, writer] = or_throw(make_pipe());
    or_throw(writer.write("hello"));
    EXPECT_EQ(or_throw(windpipe::transfer(reader, windpipe::to_file{utf8(scratch / "file")}, 3)), 3U);
    EXPECT_EQ(or_throw(windpipe::transfer(reader, windpipe::append_to{utf8(scratch / "file")}, 2)), 2U);
    EXPECT_EQ(or_throw(windpipe::transfer(windpipe::from_file{utf8(scratch / "file")}, writer)), 5U);
}

void transfer_from_a_file_to_a_full_pipe() {
    const auto file = scratch_file();
    auto [reader, writer] = or_throw(make_pipe());
    const std::vector<std::byte> all(or_throw(writer.capacity()));
    or_throw(writer.write(all));
    EXPECT_EQ(or_throw(windpipe::transfer(reader, file.get(), all.size())), all.size());
    set_position(file.get(), 0);
    or_throw(writer.write(all));
    expect_timeout(windpipe::transfer(file.get(), writer, windpipe::no_limit, {.until = 1ms}));
    reader.close();
    auto moved = windpipe::transfer(file.get(), writer);
    if (moved) {
        ADD_FAILURE() << "nobody could have read it";
    } else if (moved.error().code != std::errc::broken_pipe) {
        or_throw(std::move(moved));
    }
}

void copy_into_two_pipes() {
    auto from = or_throw(make_pipe());
    auto first = or_throw(make_pipe());
    auto second = or_throw(make_pipe());
    or_throw(from.writer.write("hello"));
    windpipe::tee_progress progress;
    EXPECT_EQ(or_throw(windpipe::tee(from.reader, first.writer, second.writer, progress, 5)), 5U);
    expect_timeout(windpipe::tee(from.reader, first.writer, second.writer, progress, 1, {.until = 1ms}));
    or_throw(from.writer.write("x"));
    second.reader.close();
    auto moved = windpipe::tee(from.reader, first.writer, second.writer, progress, 1);
    if (moved) {
        ADD_FAILURE() << "nobody could have read it";
    } else if (moved.error().code != std::errc::broken_pipe) {
        or_throw(std::move(moved));
    }
    EXPECT_EQ(or_throw(windpipe::tee(from.reader, first.writer, second.writer, progress, 1)), 1U);
    std::array<std::byte, 6> got{};
    EXPECT_EQ(or_throw(first.reader.read(got)), 6U);
}

void send_pages() {
    auto [reader, writer] = or_throw(make_pipe());
    auto pool = or_throw(windpipe::page_pool::make(std::move(writer)));
    or_throw(pool.room());
    or_throw(pool.send(5));
    or_throw(pool.write(bytes_of("hello")));
    std::array<std::byte, 10> got{};
    EXPECT_EQ(or_throw(reader.read(got)), 10U);
    expect_timeout(pool.write(std::vector<std::byte>(1 << 20), {.until = 1ms}));
}

const std::vector<std::pair<const char*, operation>>& pipe_operations() {
    static const std::vector<std::pair<const char*, operation>> all{
        {"make_pipes", make_pipes},
        {"write_and_read", write_and_read},
        {"wait_for_data", wait_for_data},
        {"wait_for_another_thread", wait_for_another_thread},
        {"write_without_readers", write_without_readers},
        {"look_without_taking", look_without_taking},
        {"copy_and_adopt", copy_and_adopt},
        {"find_holders", find_holders},
        {"transfer_to_another_pipe", transfer_to_another_pipe},
        {"transfer_that_waits_or_finds_nobody", transfer_that_waits_or_finds_nobody},
        {"send_pages", send_pages},
        {"copy_into_two_pipes", copy_into_two_pipes},
        {"transfer_to_a_file_and_back", transfer_to_a_file_and_back},
        {"transfer_to_a_path_and_back", transfer_to_a_path_and_back},
        {"transfer_from_a_file_to_a_full_pipe", transfer_from_a_file_to_a_full_pipe},
    };
    return all;
}

class pipe_faults : public testing::TestWithParam<std::size_t> {};

TEST_P(pipe_faults, are_errors_that_leave_nothing_behind) {
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(pipe_operations().at(GetParam()).second, code);
    }
}

INSTANTIATE_TEST_SUITE_P(each, pipe_faults, testing::Range(std::size_t{0}, pipe_operations().size()),
                         [](const auto& info) { return pipe_operations().at(info.param).first; });

TEST(pipe_faults, an_adopted_handle_stays_its_owners_when_adoption_fails) {
    auto [reader, writer] = or_throw(make_pipe());
    windpipe::unique_handle handle = writer.release();
    for (const int code : usual_codes()) {
        fail_nth(1, code);
        const auto adopted = windpipe::pipe_writer::adopt(std::move(handle));
        none();
        ASSERT_FALSE(adopted);
        ASSERT_TRUE(handle) << "the caller's still";
    }
    EXPECT_TRUE(windpipe::pipe_writer::adopt(std::move(handle)));
}

} // namespace

} // namespace windpipe_test::faults
