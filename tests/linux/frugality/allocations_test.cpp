// Nothing is allocated per read, write, peek or wait. This program counts what goes through operator new.
#include "support/result.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace {

std::atomic<std::size_t> allocations = 0;
std::atomic<std::size_t> bytes_in_use = 0;

void* counted_malloc(std::size_t size) noexcept {
    ++allocations;
    void* const memory = std::malloc(size == 0 ? 1 : size);
    bytes_in_use += ::malloc_usable_size(memory);
    return memory;
}

void* counted_new(std::size_t size) {
    void* const memory = counted_malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void counted_delete(void* memory) noexcept {
    bytes_in_use -= ::malloc_usable_size(memory);
    std::free(memory);
}

} // namespace

// Not inlined: GCC would see one half of a pair and warn that the other does not match it.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted_new(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return counted_new(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_malloc(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
    return ::operator new(size, tag);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { counted_delete(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { counted_delete(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { counted_delete(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t /*size*/) noexcept { counted_delete(memory); }

namespace {

using namespace std::chrono_literals;

/// How many allocations `body` makes at its second run: at the first it may make what is kept.
template <class Body>
std::size_t allocations_of(Body body) {
    body();
    const std::size_t before = allocations;
    body();
    return allocations - before;
}

class frugality : public testing::Test {
protected:
    void SetUp() override {
        auto made = windpipe::make_pipe();
        ASSERT_OK(made);
        ends = std::move(*made);
    }

    windpipe::pipe_ends ends;
    std::array<std::byte, 512> bytes{};
};

TEST_F(frugality, the_counter_counts) {
    EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(1)); }), 1U) << "called so, it cannot be left out";
}

TEST_F(frugality, writes_and_reads_allocate_nothing) {
    const std::array<windpipe::const_buffer, 2> pieces{bytes, bytes};
    EXPECT_EQ(allocations_of([&] {
                  for (int i = 0; i < 20; ++i) {
                      EXPECT_TRUE(ends.writer.write(bytes));
                      EXPECT_TRUE(ends.reader.read(bytes));
                      EXPECT_TRUE(ends.writer.write_some(bytes));
                      EXPECT_TRUE(ends.reader.read_some(bytes));
                      EXPECT_TRUE(ends.writer.write_gather(pieces));
                      EXPECT_TRUE(ends.reader.read(bytes));
                      EXPECT_TRUE(ends.reader.read(bytes));
                  }
              }),
              0U);
}

TEST_F(frugality, large_and_buffered_writes_allocate_nothing) {
    const std::vector<std::byte> large(48UL * 1024); // fits into the pipe, and may be cut
    windpipe::buffered_writer buffered(std::move(ends.writer));
    std::vector<std::byte> into(large.size() + 100 * bytes.size());
    EXPECT_EQ(allocations_of([&] {
                  EXPECT_TRUE(buffered.end().write(large));
                  for (int i = 0; i < 20; ++i) {
                      EXPECT_TRUE(buffered.write(bytes));
                  }
                  EXPECT_TRUE(buffered.flush());
                  EXPECT_TRUE(ends.reader.read(std::span(into).first(large.size() + 20 * bytes.size())));
              }),
              0U);
}

TEST_F(frugality, frames_and_lines_allocate_nothing) {
    windpipe::frame_writer to(std::move(ends.writer), {.format = windpipe::framing::content_length});
    windpipe::frame_reader from(std::move(ends.reader), {.format = windpipe::framing::content_length});
    EXPECT_EQ(allocations_of([&] {
                  for (int i = 0; i < 20; ++i) {
                      EXPECT_TRUE(to.write(bytes));
                      EXPECT_TRUE(from.next());
                  }
              }),
              0U);
    windpipe::line_reader lines(std::move(from.end()));
    EXPECT_EQ(allocations_of([&] {
                  EXPECT_TRUE(to.end().write("one\ntwo\nthree\n"));
                  for (int i = 0; i < 3; ++i) {
                      EXPECT_TRUE(lines.next());
                  }
              }),
              0U);
}

TEST_F(frugality, questions_allocate_nothing) {
    EXPECT_EQ(allocations_of([&] {
                  EXPECT_TRUE(ends.reader.available());
                  EXPECT_TRUE(ends.reader.capacity());
                  EXPECT_TRUE(ends.writer.write(bytes));
                  EXPECT_TRUE(ends.reader.peek(bytes));
                  EXPECT_TRUE(ends.reader.read(bytes));
              }),
              0U);
}

TEST_F(frugality, waits_allocate_nothing) {
    std::stop_source source;
    const windpipe::wait_limit limit{.until = 1ms, .stop = source.get_token()};
    EXPECT_EQ(allocations_of([&] {
                  const windpipe::wait_limit soon{.until = 1ms, .stop = limit.stop};
                  EXPECT_FALSE(ends.reader.read_some(bytes, soon));
                  EXPECT_FALSE(ends.reader.read_some(bytes, {.until = 0s}));
              }),
              0U);
}

windpipe::task<> play(windpipe::loop& on, windpipe::pipe_ends& pipe, std::span<std::byte> bytes) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(co_await on.write(pipe.writer, bytes));
        EXPECT_TRUE(co_await on.read_some(pipe.reader, bytes, {.until = 1h}));
        EXPECT_FALSE(co_await on.read_some(pipe.reader, bytes, {.until = 10us}));
    }
}

TEST_F(frugality, a_loop_allocates_what_its_coroutines_are_made_of_and_nothing_else) {
    auto on = windpipe::loop::make();
    ASSERT_OK(on);
    EXPECT_EQ(allocations_of([&] { EXPECT_TRUE(on->run(play(*on, ends, bytes))); }), 1U);
}

using ran = windpipe::result<windpipe::run_result>;

void note(const ran& done, std::size_t& right) { right += done && done->success() ? 1 : 0; }

windpipe::task<> count_success(windpipe::task<ran> of, std::size_t& right) { note(co_await std::move(of), right); }

TEST_F(frugality, a_capture_that_waits_for_its_child_keeps_no_more_than_what_it_waits_with) {
    constexpr std::size_t count = 20;
    constexpr std::size_t most_of_each = 2400; // the ends, the process, what both are registered with, two coroutines
    auto on = windpipe::loop::make();
    ASSERT_OK(on);
    std::size_t right = 0;
    const auto start = [&] {
        windpipe::command what("cat");
        what.env("WINDPIPE_TEST_KEPT", std::string(4096, 'x')); // nobody needs it when the child has started
        auto input = ends.reader.duplicate();
        ASSERT_OK(input);
        on->spawn(count_success(windpipe::async_run(*on, std::move(what.in(std::move(*input)).err(windpipe::null)), {}),
                                right));
        EXPECT_VALUE(on->run_until(0s), false);
    };
    start(); // what is made once is made
    const std::size_t before = bytes_in_use;
    for (std::size_t i = 0; i < count; ++i) {
        start();
    }
    const std::size_t of_each = (bytes_in_use - before) / count;
    RecordProperty("bytes_of_each", std::to_string(of_each));
    EXPECT_LE(of_each, most_of_each);
    ends.writer.close();
    ASSERT_OK(on->run());
}

TEST_F(frugality, a_broken_pipe_and_the_end_of_a_stream_allocate_nothing) {
    ends.writer.close();
    EXPECT_EQ(allocations_of([&] { EXPECT_EQ(ends.reader.read_some(bytes).value_or(1), 0U); }), 0U);
    auto other = windpipe::make_pipe();
    ASSERT_OK(other);
    other->reader.close();
    EXPECT_EQ(allocations_of([&] { EXPECT_FALSE(other->writer.write(bytes)); }), 0U);
}

} // namespace
