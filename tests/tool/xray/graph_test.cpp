// Which processes make up a pipeline.
#include "made.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test::made;

namespace {

TEST(tool_xray_graph, a_pipeline_is_found_from_any_of_its_processes_and_from_its_shell) {
    for (const process_id from : {10U, 11U, 12U, 13U}) {
        EXPECT_EQ(drawing(pipeline_of(three(), from)), "a, b, c; 1: a>b; 2: b>c") << from;
    }
}

TEST(tool_xray_graph, who_is_not_there_has_no_pipeline) {
    EXPECT_TRUE(pipeline_of(three(), 99).stages.empty());
    EXPECT_TRUE(pipeline_of({}, 1).stages.empty());
}

TEST(tool_xray_graph, stages_stand_in_the_direction_of_the_bytes_whatever_their_numbers) {
    const std::vector all{process(30, 1, "a", {writes(1, pipe(1))}),
                          process(20, 1, "b", {reads(0, pipe(1)), writes(1, pipe(2))}),
                          process(10, 1, "c", {reads(0, pipe(2))})};
    EXPECT_EQ(drawing(pipeline_of(all, 20)), "a, b, c; 1: a>b; 2: b>c");
}

TEST(tool_xray_graph, a_pipeline_beside_it_does_not_belong_to_it) {
    auto all = three();
    all.push_back(process(21, 10, "x", {writes(1, pipe(5))}));
    all.push_back(process(22, 10, "y", {reads(0, pipe(5))}));
    EXPECT_EQ(drawing(pipeline_of(all, 11)), "a, b, c; 1: a>b; 2: b>c");
    EXPECT_EQ(drawing(pipeline_of(all, 22)), "x, y; 5: x>y");
}

TEST(tool_xray_graph, a_shell_around_a_stage_is_of_that_stage) {
    auto all = three();
    all[3].name = "sh"; // b is a shell that has started the real one
    all.push_back(process(14, 12, "gzip", all[3].ends));
    const graph found = pipeline_of(all, 13);
    ASSERT_EQ(found.stages.size(), 3U) << drawing(found);
    EXPECT_EQ(found.stages[1].name, "sh > gzip");
    EXPECT_EQ(found.stages[1].processes, (std::vector<process_id>{12, 14}));
    EXPECT_EQ(found.stage_of(14), 1U);
}

TEST(tool_xray_graph, a_shell_around_several_stages_is_none_itself) {
    const std::vector all{
        process(11, 1, "a", {writes(1, pipe(1))}), process(12, 1, "sh", {reads(0, pipe(1)), writes(1, pipe(2))}),
        process(14, 12, "x", {reads(0, pipe(1)), writes(1, pipe(3))}),
        process(15, 12, "y", {reads(0, pipe(3)), writes(1, pipe(2))}), process(13, 1, "c", {reads(0, pipe(2))})};
    for (const process_id from : {11U, 12U, 14U, 15U}) {
        EXPECT_EQ(drawing(pipeline_of(all, from)), "a, x, y, c; 1: a>(sh),x; 3: x>y; 2: (sh),y>c") << from;
    }
}

TEST(tool_xray_graph, many_workers_of_one_process_are_one_stage) {
    auto all = three();
    for (process_id pid = 21; pid < 24; ++pid) {
        all.push_back(process(pid, 12, "worker", {writes(1, pipe(2))}));
    }
    const graph found = pipeline_of(all, 11);
    ASSERT_EQ(found.stages.size(), 3U);
    EXPECT_EQ(found.stages[1].name, "b and 3 more");
}

TEST(tool_xray_graph, who_reads_the_end_by_another_descriptor_is_outside_and_not_followed) {
    auto all = three();
    all[4].ends.push_back(writes(1, pipe(3)));
    all.push_back(process(5, 1, "make", {reads(7, pipe(3)), reads(8, pipe(4))}));
    all.push_back(process(21, 5, "other", {writes(1, pipe(4))}));
    EXPECT_EQ(drawing(pipeline_of(all, 11)), "a, b, c; 1: a>b; 2: b>c; 3: c>(make)");
}

TEST(tool_xray_graph, the_process_that_was_asked_for_is_followed_by_all_it_has) {
    const std::vector all{process(5, 1, "python", {writes(7, pipe(1)), reads(8, pipe(2))}),
                          process(6, 5, "child", {reads(0, pipe(1)), writes(1, pipe(2))})};
    EXPECT_EQ(drawing(pipeline_of(all, 5)), "python, child; 1: python>child; 2: child>python");
    EXPECT_EQ(drawing(pipeline_of(all, 6)), "child; 1: (python)>child; 2: child>(python)");
}

TEST(tool_xray_graph, a_second_output_is_followed) {
    auto all = three();
    all[3].ends.push_back(writes(63, pipe(9))); // tee >(x)
    all.push_back(process(20, 10, "x", {reads(0, pipe(9))}));
    const graph found = pipeline_of(all, 11);
    EXPECT_EQ(found.stages.size(), 4U) << drawing(found);
    ASSERT_NE(found.find(pipe(9)), nullptr);
    EXPECT_TRUE(found.find(pipe(9))->readers.front().stage);
}

TEST(tool_xray_graph, a_stranger_with_an_end_is_seen) {
    auto all = three();
    all.push_back(process(40, 1, "sleep", {writes(5, pipe(1))}));
    EXPECT_EQ(drawing(pipeline_of(all, 12)), "a, b, c; 1: a,(sleep)>b; 2: b>c");
}

TEST(tool_xray_graph, standard_error_joins_but_decides_no_order) {
    auto all = three();
    all[2].ends.push_back(writes(2, pipe(8)));
    all[4].ends.push_back(writes(2, pipe(8)));
    all.push_back(process(9, 1, "log", {reads(0, pipe(8))}));
    const graph found = pipeline_of(all, 12);
    EXPECT_EQ(found.stages.size(), 4U) << drawing(found);
    EXPECT_EQ(found.find(pipe(8))->writers.size(), 2U);
}

TEST(tool_xray_graph, an_end_of_a_pipe_to_itself_joins_nothing) {
    auto all = three();
    all[3].ends.push_back(reads(7, pipe(77)));
    all[3].ends.push_back(writes(8, pipe(77)));
    EXPECT_EQ(drawing(pipeline_of(all, 12)), "a, b, c; 1: a>b; 2: b>c");
}

TEST(tool_xray_graph, processes_that_keep_what_they_have_are_counted_unless_they_are_older) {
    auto all = three();
    EXPECT_EQ(pipeline_of(all, 12).unseen, 0U);
    all[0].ends_known = false; // init
    EXPECT_EQ(pipeline_of(all, 12).unseen, 0U);
    all.push_back(process(50, 1, "sudo"));
    all.back().ends_known = false;
    EXPECT_EQ(pipeline_of(all, 12).unseen, 1U);
    all.back().parent = 2; // a thread of the kernel
    EXPECT_EQ(pipeline_of(all, 12).unseen, 0U);
}

TEST(tool_xray_graph, given_stages_keep_their_places_when_one_has_ended) {
    auto all = three();
    all.erase(all.begin() + 2);
    const graph found = pipeline_of_stages(all, {11, 12, 13});
    ASSERT_EQ(found.stages.size(), 3U);
    EXPECT_TRUE(found.stages[0].processes.empty());
    EXPECT_EQ(found.stage_of(12), 1U);
    EXPECT_NE(found.find(pipe(1)), nullptr) << "the end of its input is still of interest";
}

TEST(tool_xray_graph, circles_of_processes_and_of_parents_end) {
    const std::vector ring{process(1, 0, "a", {reads(0, pipe(1)), writes(1, pipe(2))}),
                           process(2, 1, "b", {reads(0, pipe(2)), writes(1, pipe(3))}),
                           process(3, 2, "c", {reads(0, pipe(3)), writes(1, pipe(1))})};
    EXPECT_EQ(pipeline_of(ring, 2).links.size(), 3U);
}

} // namespace
