// S1, S7 to S11: what an anonymous pipe is, seen from one process.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/native.hpp"
#include "support/threads.hpp"

#include <array>
#include <cstring>

namespace windpipe_test {
namespace {

PIPE_TEST(statements_ends, S1_a_pipe_has_a_read_end_and_a_write_end) {
    auto [reader, writer] = this->make();
    EXPECT_TRUE(reader.is_open());
    EXPECT_TRUE(writer.is_open());
    ASSERT_OK(writer.write("one way"));
    EXPECT_VALUE(read_text(reader, 100), "one way");
}

PIPE_TEST(statements_ends, S1_pipes_have_nothing_in_common_with_each_other) {
    auto first = this->make();
    auto second = this->make();
    ASSERT_OK(first.writer.write("first"));
    EXPECT_FAILS(read_text(second.reader, 100, at_once()), timed_out);
    second.writer.close();
    EXPECT_VALUE(read_text(second.reader, 100), "");
    EXPECT_VALUE(read_text(first.reader, 100), "first");
}

PIPE_TEST(statements_ends, S1_the_types_offer_each_end_only_its_own_calls) {
    using reader_type = typename Family::reader;
    using writer_type = typename Family::writer;
    static_assert(!requires(reader_type end) { end.write("x"); });
    static_assert(!requires(writer_type end, std::span<std::byte> into) { end.read_some(into); });
    static_assert(!requires(writer_type end) { end.available(); });
    static_assert(!std::is_copy_constructible_v<reader_type> && !std::is_copy_constructible_v<writer_type>);
    static_assert(std::is_nothrow_move_constructible_v<reader_type>);
    static_assert(std::is_nothrow_move_constructible_v<writer_type>);
    SUCCEED();
}

PIPE_TEST(statements_ends, S9_data_outlives_the_write_end) {
    auto [reader, writer] = this->make();
    const std::size_t full = fill(writer);
    writer.close();
    expect_pattern(reader, full);
    EXPECT_VALUE(read_text(reader, 1), "");
}

PIPE_TEST(statements_ends, S9_a_pipe_is_gone_when_both_ends_are_closed_in_either_order) {
    for (const bool reader_first : {true, false}) {
        auto [reader, writer] = this->make();
        const auto in = reader.native_handle();
        const auto out = writer.native_handle();
        reader_first ? reader.close() : writer.close();
        reader_first ? writer.close() : reader.close();
        EXPECT_FALSE(is_open(in));
        EXPECT_FALSE(is_open(out));
    }
}

SYSTEM_PIPE_TEST(statements_ends, S10_the_systems_own_functions_for_pipes_take_the_ends) {
    auto [reader, writer] = this->make();
    EXPECT_TRUE(is_pipe(reader.native_handle()));
    EXPECT_TRUE(is_pipe(writer.native_handle()));
    writer.close();
    EXPECT_TRUE(is_pipe(reader.native_handle()));
}

PIPE_TEST(statements_ends, S10_each_pipe_has_a_name_of_its_own) {
    auto first = this->make();
    auto second = this->make();
    EXPECT_NE(identity(first.reader.native_handle()), identity(second.reader.native_handle()));
    EXPECT_NE(identity(first.writer.native_handle()), identity(second.writer.native_handle()));
}

PIPE_TEST(statements_ends, S11_the_classic_program_moves_its_twelve_bytes) {
    auto [reader, writer] = this->make();
    constexpr std::array<char, 12> hello{"Hello World"};
    ASSERT_OK(writer.write(std::as_bytes(std::span(hello))));
    std::array<char, 12> got{};
    EXPECT_VALUE(reader.read(std::as_writable_bytes(std::span(got))), 12U);
    EXPECT_EQ(got, hello);
    EXPECT_STREQ(got.data(), "Hello World");
    reader.close();
    writer.close();
}

SIZED_SYSTEM_PIPE_TEST(statements_plain_ends, S8_are_synchronous_for_whoever_uses_their_handles) {
    auto [reader, writer] = this->make();
    EXPECT_TRUE(is_synchronous(reader.native_handle()));
    EXPECT_TRUE(is_synchronous(writer.native_handle()));
}

SIZED_SYSTEM_PIPE_TEST(statements_plain_ends, S8_stay_synchronous_whatever_calls_with_limits_were_made) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    EXPECT_FAILS(read_text(reader, 10, at_once()), timed_out);
    EXPECT_FAILS(read_text(reader, 10, {.until = std::chrono::milliseconds(2), .stop = source.get_token()}), timed_out);
    fill(writer);
    EXPECT_FAILS(writer.write("x", {.until = std::chrono::milliseconds(2)}), timed_out);
    EXPECT_TRUE(is_synchronous(reader.native_handle()));
    EXPECT_TRUE(is_synchronous(writer.native_handle()));
}

} // namespace
} // namespace windpipe_test
