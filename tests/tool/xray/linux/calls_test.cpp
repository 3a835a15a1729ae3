// What /proc says, taken apart; and a recorded tree of it.
#include "xray/linux/calls.hpp"

#include "xray/graph.hpp"
#include "xray/linux/proc_files.hpp"
#include "xray/system.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

using namespace windpipe_tool::xray;
namespace fs = std::filesystem;

namespace {

call in_call(long number, const std::string& arguments) {
    return parse_call(std::to_string(number) + ' ' + arguments + " 0x7ffd 0x7f10\n");
}

TEST(tool_xray_calls, a_read_and_a_write_name_their_descriptor) {
    const call read = in_call(SYS_read, "0x0 0x55d0 0x20000 0x0 0x0 0x0");
    EXPECT_EQ(read.doing, activity::reads);
    EXPECT_EQ(read.descriptor, 0);
    EXPECT_EQ(read.name, "read");
    const call write = in_call(SYS_write, "0x1f 0x55d0 0x20000 0x0 0x0 0x0");
    EXPECT_EQ(write.doing, activity::writes);
    EXPECT_EQ(write.descriptor, 31);
}

TEST(tool_xray_calls, splice_has_two_descriptors) {
    const call both = in_call(SYS_splice, "0x3 0x0 0x5 0x0 0x10000 0x0");
    EXPECT_EQ(both.descriptor, 3);
    EXPECT_EQ(both.second, 5);
    const call file = in_call(SYS_sendfile, "0x1 0x4 0x0 0x10000 0x0 0x0");
    EXPECT_EQ(file.descriptor, 4);
    EXPECT_EQ(file.second, 1);
}

TEST(tool_xray_calls, what_is_not_told_is_not_guessed) {
    EXPECT_EQ(parse_call("running\n").doing, activity::running);
    for (const char* const text : {"", "\n", "-1 0x7ffd 0x7f10\n", "garbage", "99999 0x0 0x0", "0", "0 zz"}) {
        const call what = parse_call(text);
        EXPECT_TRUE(what.doing == activity::asleep || what.doing == activity::reads) << text;
        EXPECT_EQ(what.descriptor, -1) << text;
    }
}

TEST(tool_xray_calls, places_in_the_kernel_are_known_by_a_part_of_their_names) {
    const std::pair<const char*, activity> places[] = {{"pipe_read", activity::reads},
                                                       {"anon_pipe_read", activity::reads},
                                                       {"anon_pipe_write", activity::writes},
                                                       {"pipe_wait_writable", activity::writes},
                                                       {"do_poll.constprop.0", activity::polls},
                                                       {"do_select", activity::polls},
                                                       {"ep_poll", activity::polls},
                                                       {"do_wait", activity::child},
                                                       {"futex_do_wait", activity::threads},
                                                       {"hrtimer_nanosleep", activity::timer},
                                                       {"unix_stream_read_generic", activity::other},
                                                       {"0", activity::asleep},
                                                       {"", activity::asleep}};
    for (const auto& [place, expected] : places) {
        EXPECT_EQ(activity_at(place), expected) << place;
    }
}

TEST(tool_xray_proc, a_name_may_hold_whatever_it_likes) {
    const auto line = parse_stat("42 (a) R (b)) S 7 1 1 0 -1 4194304 1 0 0 0 30 12 0 0 20 0 1 0 5170 8192 381 1844\n");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->name, "a) R (b)");
    EXPECT_EQ(line->state, 'S');
    EXPECT_EQ(line->parent, 7U);
    EXPECT_EQ(line->ticks, 42U);
    EXPECT_EQ(line->began, 5170U);
    EXPECT_EQ(line->pages, 381U);
    for (const char* const text : {"", "42", "42 (a", "42 (a)", "42 (a) S", ")(", "42 (a) S x"}) {
        EXPECT_FALSE(parse_stat(text)) << text;
    }
}

TEST(tool_xray_proc, a_number_is_found_behind_its_key_alone) {
    EXPECT_EQ(number_after("rchar: 12\nwchar: 34\n", "wchar:"), 34U);
    EXPECT_EQ(number_after("xwchar: 12\n", "wchar:"), std::nullopt);
    EXPECT_EQ(number_after("flags:\t0100001\n", "flags:", 8), 0100001U);
    EXPECT_EQ(number_after("flags:", "flags:"), std::nullopt);
}

/// A folder like /proc, for as long as it lives.
class recorded {
public:
    recorded() : root_(fs::temp_directory_path() / ("windpipe_proc_" + std::to_string(::getpid()))) {
        fs::create_directories(root_);
    }
    ~recorded() { fs::remove_all(root_); }
    recorded(const recorded&) = delete;
    recorded& operator=(const recorded&) = delete;

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    void add_process(int pid, int parent, const std::string& name, const std::string& call) const {
        const std::string home = std::to_string(pid);
        const std::string line = home + " (" + name + ") S " + std::to_string(parent) +
                                 " 1 1 0 -1 4194304 1 0 0 0 3 4 0 0 20 0 1 0 77 8192 10 0\n";
        write(home + "/stat", line);
        write(home + "/cmdline", name + '\0' + "-x" + '\0');
        write(home + "/io", "rchar: 1000\nwchar: 2000\n");
        write(home + "/task/" + home + "/stat", line);
        write(home + "/task/" + home + "/schedstat", "5000 600 7\n");
        write(home + "/task/" + home + "/syscall", call);
        write(home + "/task/" + home + "/wchan", "0");
        fs::create_directories(root_ / home / "fd");
    }
    void add_end(int pid, int descriptor, const std::string& link, const std::string& flags) const {
        const std::string number = std::to_string(descriptor);
        fs::create_symlink(link, root_ / std::to_string(pid) / "fd" / number);
        write(std::to_string(pid) + "/fdinfo/" + number, "pos:\t0\nflags:\t" + flags + "\nmnt_id:\t15\n");
    }
    [[nodiscard]] std::string path() const { return root_.string(); }

private:
    fs::path root_;
};

TEST(tool_xray_observer, reads_a_recorded_tree) {
    const recorded tree;
    tree.add_process(11, 1, "cat", std::to_string(SYS_write) + " 0x1 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n");
    tree.add_process(12, 1, "gzip", std::to_string(SYS_read) + " 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n");
    tree.add_end(11, 1, "pipe:[4711]", "01");
    tree.add_end(11, 5, "pipe:[4712]", "010000000"); // O_PATH: no end
    tree.add_end(11, 6, "/dev/null", "02");
    tree.add_end(12, 0, "pipe:[4711]", "0");
    tree.write("12x/stat", "no process");
    const observer eyes(tree.path());
    const auto all = eyes.everybody();
    ASSERT_TRUE(all) << all.error().message();
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ((*all)[0].command, "cat -x");
    ASSERT_EQ((*all)[0].ends.size(), 1U);
    EXPECT_TRUE((*all)[0].ends[0].writes);
    const graph found = pipeline_of(*all, 12);
    ASSERT_EQ(found.stages.size(), 2U);
    ASSERT_EQ(found.links.size(), 1U);
    const process_sample cat = eyes.look((*all)[0]);
    ASSERT_EQ(cat.threads.size(), 1U);
    EXPECT_EQ(cat.threads[0].doing, activity::writes);
    EXPECT_EQ(cat.threads[0].channel, found.links[0].channel);
    EXPECT_EQ(cat.threads[0].on_cpu, 5000U);
    EXPECT_EQ(cat.threads[0].in_queue, 600U);
    EXPECT_EQ(cat.bytes_written, 2000U);
}

TEST(tool_xray_observer, a_process_that_has_ended_or_been_replaced_has_no_thread) {
    const recorded tree;
    tree.add_process(11, 1, "cat", "running\n");
    const observer eyes(tree.path());
    auto all = eyes.everybody();
    ASSERT_TRUE(all);
    process_facts cat = all->at(0);
    EXPECT_EQ(eyes.look(cat).threads.size(), 1U);
    cat.began = 78; // the number belongs to a younger one
    EXPECT_TRUE(eyes.look(cat).threads.empty());
    cat.pid = 12;
    EXPECT_TRUE(eyes.look(cat).threads.empty());
    EXPECT_FALSE(eyes.identify(12));
}

TEST(tool_xray_observer, what_may_not_be_read_is_unknown_and_without_a_tree_there_is_an_error) {
    const recorded tree;
    tree.add_process(11, 1, "cat", "");
    fs::remove_all(fs::path(tree.path()) / "11/fd");
    fs::remove_all(fs::path(tree.path()) / "11/io");
    fs::remove_all(fs::path(tree.path()) / "11/task/11/syscall");
    const auto all = observer(tree.path()).everybody();
    ASSERT_TRUE(all);
    EXPECT_FALSE(all->at(0).ends_known);
    const process_sample cat = observer(tree.path()).look(all->at(0));
    EXPECT_EQ(cat.threads[0].doing, activity::asleep);
    EXPECT_FALSE(cat.bytes_read);
    const auto nothing = observer(tree.path() + "/nothing").everybody();
    ASSERT_FALSE(nothing);
    EXPECT_NE(nothing.error().message().find(tree.path() + "/nothing"), std::string::npos);
}

} // namespace
