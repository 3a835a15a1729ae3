#include "actions.hpp"

#include "support/pattern.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace windpipe_test::soak {

namespace {

using windpipe::make_pipe;
using windpipe::or_throw;
using windpipe::pipe_reader;
using windpipe::pipe_writer;
using enum std::errc;

/// Reads at random until the stream ends or a call fails. What has come, with nothing lost or twice.
std::size_t read_pattern(pipe_reader& from, dice& random, const std::stop_source& stop) {
    std::size_t position = 0;
    std::vector<std::byte> buffer(1 + random.size());
    for (std::size_t n = 1; n > 0; position += n) {
        const auto came = from.read_some(buffer, random.limit(stop));
        EXPECT_TRUE(succeeds_or(came, {timed_out, operation_canceled}));
        n = came.value_or(0);
        EXPECT_EQ(pattern_difference(std::span(buffer).first(n), position), std::nullopt);
    }
    return position;
}

void pass_bytes(dice& random) {
    auto [reader, writer] = or_throw(make_pipe({.capacity = random.one_in(4) ? random.size() : 0}));
    const std::stop_source stop;
    std::size_t sent = 0;
    std::jthread source([&sent, &stop, end = std::move(writer), seed = random.below(1000)]() mutable {
        dice own(seed);
        const auto bytes = pattern(own.size());
        const auto written = end.write(bytes, own.limit(stop));
        EXPECT_TRUE(succeeds_or(written, {timed_out, operation_canceled, broken_pipe}));
        sent = written ? bytes.size() : written.error().transferred;
    });
    const std::size_t got = random.one_in(8) ? 0 : read_pattern(reader, random, stop);
    reader.close();
    stop.request_stop();
    source.join();
    EXPECT_LE(got, sent);
}

void call_off_a_call(dice& random) {
    auto [reader, writer] = or_throw(make_pipe());
    const std::stop_source stop;
    const windpipe::wait_limit limit{.stop = stop.get_token()};
    std::jthread waiting([&, reads = random.one_in(2)] {
        std::vector<std::byte> bytes(1UL << 20U);
        static constexpr std::initializer_list<std::errc> called_off = {operation_canceled, broken_pipe,
                                                                        bad_file_descriptor};
        if (reads) {
            EXPECT_TRUE(succeeds_or(reader.read(bytes, limit), called_off));
        } else {
            EXPECT_TRUE(succeeds_or(writer.write(bytes, limit), called_off));
        }
    });
    std::this_thread::sleep_for(random.moment());
    switch (random.below(3)) {
    case 0:
        stop.request_stop();
        break;
    case 1:
        reader.close();
        writer.close();
        break;
    default:
        writer.close();
        reader.close();
    }
}

void relay(dice& random) {
    auto first = or_throw(make_pipe());
    auto second = or_throw(make_pipe());
    const std::stop_source stop;
    std::jthread middle([&, limit = random.limit(stop)] {
        EXPECT_TRUE(succeeds_or(windpipe::transfer(first.reader, second.writer, windpipe::no_limit, limit),
                                {timed_out, operation_canceled, broken_pipe, bad_file_descriptor}));
        second.writer.close();
        first.reader.close();
    });
    std::jthread source([end = std::move(first.writer), size = random.size()]() mutable {
        EXPECT_TRUE(succeeds_or(end.write(pattern(size)), {broken_pipe}));
    });
    if (!random.one_in(4)) {
        read_pattern(second.reader, random, stop);
    }
    second.reader.close();
    stop.request_stop();
}

void duplicate_and_adopt(dice& random) {
    auto [reader, writer] = or_throw(make_pipe());
    std::vector<pipe_writer> writers;
    for (std::size_t n = random.below(8); n > 0; --n) {
        writers.push_back(or_throw(writer.duplicate()));
    }
    writer = or_throw(pipe_writer::adopt(writer.release()));
    or_throw(writer.write("as one"));
    writer.close();
    writers.clear();
    std::string all;
    EXPECT_EQ(or_throw(reader.read_to_end(all)), 6U);
}

void send_records(dice& random) {
    auto [reader, writer] = or_throw(make_pipe());
    const std::size_t records = random.below(200);
    std::jthread source([records, end = std::move(writer)]() mutable {
        windpipe::frame_writer to(std::move(end));
        for (std::size_t n = 0; n < records; ++n) {
            EXPECT_TRUE(succeeds_or(to.write(pattern(n)), {broken_pipe}));
        }
    });
    windpipe::frame_reader from(std::move(reader));
    const std::size_t wanted = random.one_in(4) ? records / 2 : records;
    for (std::size_t n = 0; n < wanted; ++n) {
        const auto frame = or_throw(from.next());
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->bytes.size(), n);
        EXPECT_EQ(pattern_difference(frame->bytes), std::nullopt);
    }
}

void offer_and_redeem(dice& random) {
    auto [reader, writer] = or_throw(make_pipe());
    const std::chrono::nanoseconds time = random.one_in(4) ? random.moment() : std::chrono::minutes(1);
    std::optional offered = or_throw(windpipe::offer::make(std::move(writer), {.valid_for = time}));
    const std::stop_source stop;
    std::atomic<int> redeemed = 0;
    std::vector<std::jthread> visitors;
    for (std::size_t n = random.below(4); n > 0; --n) {
        visitors.emplace_back([&redeemed, token = offered->token(), limit = random.limit(stop)] {
            const auto end = windpipe::redeem_writer(token, limit);
            EXPECT_TRUE(succeeds_or(end, {timed_out, operation_canceled, no_such_file_or_directory, identifier_removed,
                                          already_connected, connection_reset}));
            redeemed += end ? 1 : 0;
        });
    }
    std::this_thread::sleep_for(random.moment());
    if (random.one_in(2)) {
        stop.request_stop();
    }
    if (random.one_in(2)) {
        offered.reset();
    }
    visitors.clear();
    offered.reset();
    EXPECT_LE(redeemed, 1);
    std::string all;
    EXPECT_EQ(or_throw(reader.read_to_end(all)), 0U);
}

constexpr std::array all{
    action{"pass bytes", pass_bytes},
    action{"call off a call", call_off_a_call},
    action{"relay", relay},
    action{"duplicate and adopt", duplicate_and_adopt},
    action{"send records", send_records},
    action{"offer and redeem", offer_and_redeem},
};

} // namespace

std::span<const action> pipe_actions() { return all; }

} // namespace windpipe_test::soak
