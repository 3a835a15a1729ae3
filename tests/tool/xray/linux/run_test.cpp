// What the x-ray of a pipeline that windpipe runs itself tells at the end, and in the records.
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

/// Writes 4 KiB in every 20 ms, 60 times.
const words drip = {"perl", "-e", "$|=1; for(1..60){syswrite STDOUT,q(x)x4096; select undef,undef,undef,.02}"};

words run_drip(words options) {
    words line = {"run"};
    for (const words& part : {options, words{"--"}, drip, words{"::", "cat", "::", "cat"}}) {
        line.insert(line.end(), part.begin(), part.end());
    }
    return line;
}

TEST(tool_xray_of_a_run, names_the_stage_that_limits_with_its_evidence) {
    const outcome done = run_tool(run_drip({"--xray"}));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out.size(), 60U * 4096U);
    EXPECT_EQ(count(done.err, "verdict: the source limits: stage 1 (perl)"), 1U) << done.err;
    EXPECT_NE(done.err.find("waiting for one, "), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("  1 -> 2: pipe "), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("  2 -> 3: pipe "), std::string::npos) << done.err;
}

TEST(tool_xray_of_a_run, is_in_the_records_without_being_asked_for) {
    const folder_of_test folder;
    const outcome done = run_tool(run_drip({"--json", folder.path("records")}));
    const std::string records = read_file(folder.path("records"));
    EXPECT_EQ(count(done.err, "verdict: "), 0U) << done.err;
    EXPECT_GE(count(records, R"("record":"sample")"), 3U) << records;
    EXPECT_GE(count(records, R"("does":"input")"), 3U) << records;
    EXPECT_EQ(count(records, R"("reason":"source")"), 1U) << records;
}

TEST(tool_xray_of_a_run, remembers_that_a_stage_was_fed_by_one_that_has_ended) {
    const outcome done =
        run_tool({"run", "--xray", "flood", "2000000", "0", "::", "read_slowly", "60000", "40000", "::", "cat"});
    EXPECT_EQ(count(done.err, "verdict: stage 2 (read_slowly) limits: it is asleep"), 1U) << done.err;
}

} // namespace
