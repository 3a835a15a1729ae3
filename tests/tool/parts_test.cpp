// The parts of the command that need no process: cutting the line, deciding the exit status, drawing the table.
#include "say.hpp"
#include "size.hpp"
#include "table.hpp"
#include "tool/tool.hpp"
#include "verdict.hpp"

#include <gtest/gtest.h>

using windpipe::exit_status;
using namespace windpipe_tool;
using windpipe_test::table_rows;

namespace {

pipeline_report report_of(const std::vector<exit_status>& statuses) {
    pipeline_report report;
    for (const exit_status& status : statuses) {
        stage_report stage;
        stage.command = "stage";
        stage.pid = 100 + static_cast<std::uint32_t>(report.stages.size());
        stage.status = status;
        stage.broke_its_pipe = status.signal() == 13;
        report.stages.push_back(stage);
    }
    report.stages.back().broke_its_pipe = false; // nobody of ours was its reader
    return report;
}

constexpr auto good = exit_status::exited(0);
constexpr auto bad = exit_status::exited(9);
constexpr auto no_reader = exit_status::signalled(13);

TEST(tool_verdict, of_a_whole_pipeline) {
    const struct {
        std::vector<exit_status> stages;
        int forgiving;
        int strict;
        int last;
    } cases[] = {
        {{good}, 0, 0, 0},
        {{bad}, 9, 9, 9},
        {{no_reader}, 141, 141, 141},
        {{no_reader, good}, 0, 141, 0},
        {{good, no_reader}, 141, 141, 141},
        {{no_reader, no_reader, good}, 0, 141, 0},
        {{no_reader, no_reader}, 141, 141, 141},
        {{no_reader, bad}, 9, 9, 9},
        {{no_reader, bad, good}, 9, 9, 0},
        {{bad, no_reader, good}, 9, 141, 0},
        {{bad, no_reader}, 141, 141, 141},
        {{exit_status::signalled(9), good}, 137, 137, 0},
        {{exit_status::exited(1), exit_status::exited(2), good}, 2, 2, 0},
    };
    for (const auto& each : cases) {
        const pipeline_report report = report_of(each.stages);
        EXPECT_EQ(exit_status_of(report, windpipe::success_rule::forgiving), each.forgiving)
            << "case " << &each - cases;
        EXPECT_EQ(exit_status_of(report, windpipe::success_rule::strict), each.strict) << "case " << &each - cases;
        EXPECT_EQ(exit_status_of(report, windpipe::success_rule::last), each.last) << "case " << &each - cases;
    }
}

TEST(tool_verdict, a_stage_whose_status_is_lost_is_our_own_failure) {
    pipeline_report report = report_of({no_reader, good, good});
    report.stages[1].status.reset();
    EXPECT_EQ(exit_status_of(report, windpipe::success_rule::forgiving), 125);
    EXPECT_EQ(exit_status_of(report, windpipe::success_rule::last), 0);
    EXPECT_FALSE(is_forgiven(report.stages, 0));
}

TEST(tool_verdict, a_stage_that_could_not_start_counts_by_every_rule) {
    pipeline_report report = report_of({good, good});
    report.failure = {0, {std::make_error_code(std::errc::no_such_file_or_directory), "find program"}};
    for (const auto rule :
         {windpipe::success_rule::forgiving, windpipe::success_rule::strict, windpipe::success_rule::last}) {
        EXPECT_EQ(exit_status_of(report, rule), 127);
    }
}

TEST(tool_verdict, codes_of_32_bits_are_folded) {
    EXPECT_EQ(exit_status_of(exit_status::exited(255)), 255);
    EXPECT_EQ(exit_status_of(exit_status::exited(256)), 1);
    EXPECT_EQ(exit_status_of(exit_status::exited(0xC000'0005U)), 1);
}

TEST(tool_verdict, of_a_stage_that_cannot_start) {
    const auto of = [](std::string_view step, std::errc why) {
        return exit_status_of(windpipe::error{std::make_error_code(why), step});
    };
    EXPECT_EQ(of("find program", std::errc::no_such_file_or_directory), 127);
    EXPECT_EQ(of("exec", std::errc::no_such_file_or_directory), 127);
    EXPECT_EQ(of("find program", std::errc::permission_denied), 126);
    EXPECT_EQ(of("exec", std::errc::permission_denied), 126);
    EXPECT_EQ(of("exec", std::errc::executable_format_error), 126);
    EXPECT_EQ(of("exec", std::errc::argument_list_too_long), 126);
    EXPECT_EQ(of("arguments", std::errc::invalid_argument), 126);
    EXPECT_EQ(of("exec", std::errc::not_enough_memory), 125);
    EXPECT_EQ(of("create pipe", std::errc::too_many_files_open), 125);
    EXPECT_EQ(of("open stdin", std::errc::permission_denied), 125);
}

TEST(tool_table, shows_what_is_known_and_a_dash_for_the_rest) {
    pipeline_report report =
        report_of({good, exit_status::signalled(11, true), exit_status::exited(0xC000'0005U), good});
    using namespace std::chrono_literals;
    report.stages[0].used = windpipe::resource_usage{1234567us, 20ms, 7s, 3 << 19};
    report.stages[1].used = windpipe::resource_usage{1s, 1s, 1s, 3 << 20};
    report.least_peak_memory = 2 << 20;
    report.stages[3].pid = 0;
    report.stages[3].status.reset();
    const auto rows = table_rows(stage_table(report, windpipe::success_rule::forgiving));
    ASSERT_EQ(rows.size(), 4U) << stage_table(report, windpipe::success_rule::forgiving);
    EXPECT_EQ(rows[0].wall, "1.235 s");
    EXPECT_EQ(rows[0].user, "0.020 s");
    EXPECT_EQ(rows[0].sys, "7.000 s");
    EXPECT_EQ(rows[0].max_rss, "<= 1.5 MiB") << "it may be the memory of windpipe";
    EXPECT_EQ(rows[1].max_rss, "3.0 MiB");
    EXPECT_TRUE(rows[1].status.ends_with(" (core dumped)")) << rows[1].status;
    EXPECT_EQ(rows[2].wall, "-");
    EXPECT_EQ(rows[2].status, "exit 0xc0000005");
    EXPECT_EQ(rows[3].status, "not started");
    EXPECT_EQ(rows[3].pid, "-");
}

TEST(tool_table, its_columns_stand_under_each_other_whatever_the_commands_are) {
    pipeline_report report = report_of({good, good, good});
    report.stages[0].command = "a";
    report.stages[1].command = std::string(100, 'b');
    report.stages[2].command = "gr\xC3\xBC\xC3\x9F";
    const std::string table = stage_table(report, windpipe::success_rule::forgiving);
    std::size_t width = 0;
    for (std::size_t at = 0, end = 0; (end = table.find('\n', at)) != std::string::npos; at = end + 1) {
        const std::size_t here = length(std::string_view(table).substr(at, end - at));
        EXPECT_TRUE(width == 0 || here == width) << table;
        width = here;
    }
    EXPECT_LE(width, 132U);
}

TEST(tool_size, is_a_number_and_a_unit) {
    EXPECT_EQ(parse_size("1"), 1U);
    EXPECT_EQ(parse_size("65536"), 65536U);
    for (const char* const text : {"64k", "64K", "64KiB", "64kib"}) {
        EXPECT_EQ(parse_size(text), 65536U) << text;
    }
    EXPECT_EQ(parse_size("2M"), 2U << 20U);
    EXPECT_EQ(parse_size("1GiB"), 1U << 30U);
    for (const char* const text : {"", "0", "0k", "-1", "+1", " 1", "1 ", "1x", "k", "1kk", "1kb", "1ki", "1.5M",
                                   "0x10", "18446744073709551616", "99999999999999999999G", "17179869184G"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
}

TEST(tool_text, is_shortened_between_characters) {
    EXPECT_EQ(shortened("abcdef", 6), "abcdef");
    EXPECT_EQ(shortened("abcdefg", 6), "abc...");
    EXPECT_EQ(shortened("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9Fx", 5), "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9Fx");
    EXPECT_EQ(shortened("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9Fxy", 5), "\xC3\xA4\xC3\xB6...");
    EXPECT_EQ(shortened("\x80\x80\x80\x80", 2), "\x80\x80\x80\x80") << "invalid UTF-8 must not matter";
    EXPECT_EQ(one_line("a\nb\x1B[0m\x7F"), "a?b?[0m?");
}

} // namespace
