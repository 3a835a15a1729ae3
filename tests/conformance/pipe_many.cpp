// Many pipes, many writers, many readers.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

namespace windpipe_test {
namespace {

class many_pipes : public leak_checked {};

TEST_F(many_pipes, a_thousand_are_open_at_once_and_each_keeps_its_own_bytes) {
    constexpr std::size_t count = 1000;
    if (!allow_open_handles(2 * count)) {
        GTEST_SKIP() << "this process may not open 2000 handles";
    }
    std::vector<windpipe::pipe_ends> pipes;
    for (std::size_t index = 0; index < count; ++index) {
        auto pipe = windpipe::make_pipe();
        ASSERT_OK(pipe) << index;
        pipes.push_back(std::move(*pipe));
        ASSERT_OK(pipes.back().writer.write("pipe " + std::to_string(index)));
    }
    for (std::size_t index = 0; index < count; ++index) {
        EXPECT_VALUE(read_text(pipes[index].reader, 100), "pipe " + std::to_string(index));
        EXPECT_FAILS(read_text(pipes[index].reader, 100, at_once()), timed_out);
    }
}

TEST_F(many_pipes, made_and_closed_again_leave_nothing_behind) {
    for (int time = 0; time < 3000; ++time) {
        auto pipe = windpipe::make_pipe();
        ASSERT_OK(pipe);
        ASSERT_OK(pipe->writer.write("x"));
    }
}

/// The head of a record: who wrote it, which of his it is, and how long it is, the head included.
struct record_head {
    std::uint32_t writer;
    std::uint32_t number;
    std::uint32_t size;
};

std::vector<std::byte> record(std::uint32_t writer, std::uint32_t number, std::size_t size) {
    std::vector<std::byte> bytes(size);
    const record_head head{.writer = writer, .number = number, .size = static_cast<std::uint32_t>(size)};
    std::memcpy(bytes.data(), &head, sizeof(head));
    fill_pattern(std::span(bytes).subspan(sizeof(head)), number, writer);
    return bytes;
}

PIPE_TEST(many_threads, writes_of_up_to_4096_bytes_are_never_mixed) {
    auto [reader, writer] = this->make();
    constexpr std::uint32_t writers = 4;
    constexpr std::uint32_t records = 250;
    constexpr std::array<std::size_t, 5> sizes{sizeof(record_head), 100, 4096, 2049, 4095};
    std::vector<std::thread> threads;
    for (std::uint32_t id = 0; id < writers; ++id) {
        threads.emplace_back([&, id] {
            for (std::uint32_t number = 0; number < records; ++number) {
                EXPECT_OK(writer.write(record(id, number, sizes.at((number + id) % sizes.size()))));
            }
        });
    }
    std::array<std::uint32_t, writers> next{};
    for (std::uint32_t taken = 0; taken < writers * records; ++taken) {
        record_head head{};
        ASSERT_EQ(reader.read(std::as_writable_bytes(std::span(&head, 1))).value_or(0), sizeof(head));
        ASSERT_LT(head.writer, writers) << "a record is torn";
        ASSERT_EQ(head.number, next.at(head.writer)++) << "a record is lost or torn";
        std::vector<std::byte> body(head.size - sizeof(head));
        ASSERT_EQ(reader.read(body).value_or(0), body.size());
        ASSERT_EQ(pattern_difference(body, head.number, head.writer), std::nullopt) << "a record is torn";
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_VALUE(reader.available(), 0U);
}

PIPE_TEST(many_threads, readers_share_the_stream_and_each_byte_goes_to_one_of_them) {
    auto [reader, writer] = this->make();
    constexpr std::size_t size = 200'000;
    std::array<std::size_t, 256> expected{};
    const auto all = pattern(size);
    for (const std::byte byte : all) {
        ++expected.at(std::to_integer<std::size_t>(byte));
    }
    std::array<std::size_t, 256> counted{};
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int id = 0; id < 6; ++id) {
        threads.emplace_back([&] {
            std::array<std::byte, 333> buffer{};
            for (;;) {
                const auto count = reader.read_some(buffer);
                EXPECT_OK(count);
                if (count.value_or(0) == 0) {
                    return;
                }
                const std::scoped_lock lock(mutex);
                for (const std::byte byte : std::span(buffer).first(*count)) {
                    ++counted.at(std::to_integer<std::size_t>(byte));
                }
            }
        });
    }
    EXPECT_OK(writer.write(all));
    writer.close();
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counted, expected);
}

PIPE_TEST(many_threads, one_byte_wakes_one_reader_and_the_end_wakes_all) {
    auto [reader, writer] = this->make();
    std::atomic<int> bytes = 0;
    std::atomic<int> ends = 0;
    std::vector<std::thread> threads;
    for (int id = 0; id < 8; ++id) {
        threads.emplace_back([&] {
            const auto got = read_text(reader, 1);
            EXPECT_OK(got);
            ++(got.value_or("") == "x" ? bytes : ends);
        });
    }
    ASSERT_OK(writer.write("xxx"));
    while (bytes < 3) {
        std::this_thread::yield();
    }
    writer.close();
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(bytes, 3);
    EXPECT_EQ(ends, 5);
}

PIPE_TEST(many_threads, play_ping_pong_over_two_pipes) {
    auto there = this->make();
    auto back = this->make();
    std::thread partner([&] {
        std::array<std::byte, 10> buffer{};
        while (there.reader.read(buffer).value_or(0) == buffer.size()) {
            EXPECT_OK(back.writer.write(buffer));
        }
        back.writer.close();
    });
    for (std::uint64_t turn = 0; turn < 500; ++turn) {
        ASSERT_OK(there.writer.write(pattern(10, turn)));
        expect_pattern(back.reader, 10, turn);
    }
    there.writer.close();
    EXPECT_VALUE(read_text(back.reader, 1), "");
    partner.join();
}

} // namespace
} // namespace windpipe_test
