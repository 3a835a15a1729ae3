// Which stage limited a run, by its records, and what windpipe diff makes of two of them.
#include "bottleneck.hpp"
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_tool;
using namespace windpipe_test;

namespace {

std::string nanoseconds(int seconds) { return std::to_string(seconds * 1'000'000'000LL); }

/// Records of three stages that ran for 10 s: the processor time of each in seconds, and of each pipe how long the
/// relay waited for its two sides, or -1: no relay.
std::string recorded(const std::vector<int>& cpu, const std::vector<std::pair<int, int>>& waits = {{-1, -1}, {-1, -1}},
                     const std::string& verdict = "null") {
    std::string text = R"({"record":"begin","schema":"windpipe.records/1","stages":[{"name":null,"program":"a"},)"
                       R"({"name":"b","program":"x"},{"name":null,"program":"c"}],"pipes":[{},{}]})"
                       "\n";
    for (std::size_t i = 0; i < cpu.size(); ++i) {
        text += R"({"record":"stage","stage":)" + std::to_string(i + 1) + R"(,"user_ns":)" + nanoseconds(cpu[i]) +
                R"(,"system_ns":0})" + "\n";
    }
    for (std::size_t i = 0; i < waits.size(); ++i) {
        const auto [read, write] = waits[i];
        text += R"({"record":"pipe","pipe":)" + std::to_string(i + 1) + R"(,"exact":)" + (read < 0 ? "false" : "true") +
                R"(,"moved_bytes":1,"read_wait_ns":)" + nanoseconds(read) + R"(,"write_wait_ns":)" +
                nanoseconds(write) + "}\n";
    }
    return text + R"({"record":"notice","text":"x"})" + "\n" +
           R"({"record":"end","wall_ns":10000000000,"why":"complete","verdict":)" + verdict + "}\n";
}

std::optional<std::size_t> limiting(const std::string& text) {
    const auto run = read_run(text);
    EXPECT_TRUE(run) << run.error();
    const auto found = run ? find_bottleneck(*run) : std::nullopt;
    return found ? std::optional(found->stage) : std::nullopt;
}

TEST(tool_bottleneck, is_the_stage_that_both_neighbours_waited_for) {
    EXPECT_EQ(limiting(recorded({1, 1, 1}, {{9, 0}, {9, 0}})), 0U);
    EXPECT_EQ(limiting(recorded({1, 1, 1}, {{0, 9}, {9, 0}})), 1U);
    EXPECT_EQ(limiting(recorded({1, 1, 1}, {{0, 9}, {0, 9}})), 2U);
    EXPECT_EQ(limiting(recorded({1, 1, 1}, {{4, 4}, {4, 4}})), std::nullopt);
    EXPECT_EQ(limiting(recorded({1, 1, 1}, {{0, 6}, {6, 5}})), std::nullopt) << "two that are near each other";
}

TEST(tool_bottleneck, is_otherwise_the_stage_that_used_a_processor) {
    EXPECT_EQ(limiting(recorded({1, 9, 2})), 1U);
    EXPECT_EQ(limiting(recorded({9, 9, 2})), std::nullopt);
    EXPECT_EQ(limiting(recorded({1, 7, 2})), std::nullopt);
    EXPECT_EQ(limiting(recorded({})), std::nullopt);
}

TEST(tool_bottleneck, is_what_the_verdict_says_if_there_is_one) {
    EXPECT_EQ(limiting(recorded({1, 9, 2}, {{0, 9}, {9, 0}}, R"({"limiting_stage":3,"why":"it sleeps"})")), 2U);
    EXPECT_EQ(limiting(recorded({1, 9, 2}, {}, R"({"limiting_stage":null})")), 1U);
    EXPECT_EQ(limiting(recorded({1, 9, 2}, {}, R"({"limiting_stage":4})")), 1U) << "there is no such stage";
}

TEST(tool_bottleneck, what_is_no_record_is_refused_with_its_line) {
    const auto refused = [](const std::string& text) { return read_run(text).error(); };
    EXPECT_EQ(refused(""), "it is empty");
    EXPECT_EQ(refused("{}\n"), "line 1 is no record");
    EXPECT_EQ(refused("[1]\n"), "line 1 is no record");
    EXPECT_EQ(refused("{\"record\":\"end\"}\n"), "line 1 does not begin a run of windpipe.records/1");
    const std::string good = recorded({1, 2, 3});
    EXPECT_EQ(refused(good.substr(0, good.rfind("{\"record\":\"end\""))),
              "it has no record 'end': the run was cut off");
    EXPECT_EQ(refused(good + "{\"record\":"), "line 9 is no record");
    EXPECT_EQ(
        refused(good.substr(0, good.find('\n') + 1) + R"({"record":"stage","stage":4,"user_ns":1,"system_ns":1})"),
        "line 2 is no record");
}

class tool_diff : public testing::Test {
protected:
    outcome compare(const std::string& a, const std::string& b) const {
        write_file(folder_.path("a"), a);
        write_file(folder_.path("b"), b);
        return run_tool({"diff", folder_.path("a"), folder_.path("b")});
    }
    folder_of_test folder_;
};

TEST_F(tool_diff, says_whether_and_where_the_bottleneck_moved) {
    const outcome moved = compare(recorded({1, 9, 2}), recorded({1, 2, 9}));
    EXPECT_EQ(moved.code, 0U) << moved.err;
    EXPECT_NE(moved.out.find("a: 10.000 s, stage 2 (b) limits: it used 90 % of a processor\n"), std::string::npos)
        << moved.out;
    EXPECT_NE(moved.out.find("The bottleneck has moved from stage 2 (b) to stage 3 (c). "), std::string::npos)
        << moved.out;
    EXPECT_NE(compare(recorded({1, 9, 2}), recorded({3, 9, 2})).out.find("is where it was: stage 2 (b)"),
              std::string::npos);
    EXPECT_NE(compare(recorded({1, 9, 2}), recorded({1, 1, 1})).out.find("unknown"), std::string::npos);
}

TEST_F(tool_diff, of_what_are_no_records_is_125) {
    const outcome broken = compare(recorded({1, 9, 2}), "no json\n");
    EXPECT_EQ(broken.code, 125U);
    EXPECT_EQ(broken.out, "");
    EXPECT_NE(broken.err.find("b' holds no records of a run: line 1 is no record\n"), std::string::npos) << broken.err;
    EXPECT_EQ(run_tool({"diff", folder_.path("a"), folder_.path("missing")}).code, 125U);
    EXPECT_EQ(run_tool({"diff", folder_.path("a")}).code, 125U);
}

TEST_F(tool_diff, reads_what_run_has_written) {
    for (const char* const name : {"a", "b"}) {
        EXPECT_EQ(run_tool({"run", "--json", folder_.path(name), "--exact", "spin", "300", "::", "cat"}).code, 0U);
    }
    const outcome done = run_tool({"diff", folder_.path("a"), folder_.path("b")});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(count(done.out, "stage 1 (spin) limits"), 2U) << done.out;
}

} // namespace
