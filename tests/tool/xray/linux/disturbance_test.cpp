// Who is looked at all the time does and gets the same as who is not: ends of streams, SIGPIPE, statuses, bytes.
// WINDPIPE_STRESS_PIPELINES=2000 runs as many of each kind together; the usual number is small.
#include "support/children.hpp"
#include "support/result.hpp"
#include "support/watchdog.hpp"
#include "xray/sampler.hpp"

#include <windpipe/pipeline.hpp>

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <mutex>
#include <thread>

using namespace windpipe_test;
using windpipe_tool::xray::observer;
using windpipe_tool::xray::open_end;
using windpipe_tool::xray::probe;
using windpipe_tool::xray::sampler;

namespace {

/// Looks at the processes it is told, without a pause.
class onlooker {
public:
    void look_at(std::vector<std::uint32_t> pids) {
        const std::scoped_lock lock(mutex_);
        pids_ = std::move(pids);
        ++turn_;
    }
    [[nodiscard]] std::size_t looks() const { return looks_; }
    [[nodiscard]] std::size_t told() const { return told_; }

private:
    void look_on(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::vector<std::uint32_t> pids;
            std::size_t turn = 0;
            {
                const std::scoped_lock lock(mutex_);
                pids = pids_;
                turn = turn_;
            }
            if (pids.empty()) {
                std::this_thread::yield();
                continue;
            }
            look_at_one(pids, turn, stop);
        }
    }

    void look_at_one(const std::vector<std::uint32_t>& pids, std::size_t turn, const std::stop_token& stop) {
        sampler eyes(observer(), pids);
        std::vector<probe> probes;
        while (turn == turn_ && !stop.stop_requested()) {
            EXPECT_OK(eyes.look());
            ++looks_;
            for (const auto& link : eyes.seen().pipeline().links) {
                if (probes.size() < 8 && !link.readers.empty()) {
                    probes.emplace_back(link.readers[0].pid,
                                        open_end{link.readers[0].descriptor, link.channel, true, false});
                }
            }
            for (int i = 0; i < 20 && turn == turn_; ++i) {
                for (const probe& each : probes) {
                    told_ += each.look().unread ? 1U : 0U;
                    ++looks_;
                }
            }
        }
    }

    std::mutex mutex_;
    std::vector<std::uint32_t> pids_;
    std::atomic<std::size_t> turn_ = 0;
    std::atomic<std::size_t> looks_ = 0;
    std::atomic<std::size_t> told_ = 0;
    std::jthread thread_{[this](const std::stop_token& stop) { look_on(stop); }};
};

std::string text_of(const windpipe::exit_status& status) {
    return status.signal() ? "signal " + std::to_string(*status.signal()) : "exit " + std::to_string(*status.code());
}

/// Statuses and bytes of one pipeline, told to `eyes` if there are any.
std::string end_of(windpipe::pipeline stages, onlooker* eyes) {
    auto children = stages.spawn();
    if (!children) {
        return children.error().message();
    }
    std::vector<std::uint32_t> pids;
    for (const auto& each : *children) {
        pids.push_back(each.pid());
    }
    if (eyes != nullptr) {
        eyes->look_at(pids);
    }
    std::string text;
    if (children->front().in) { // SIGPIPE after being idle: only when its reader has gone may the first one go on
        text += text_of(children->back().wait().value_or(windpipe::exit_status::exited(999))) + ' ';
        children->front().in.close();
    }
    std::string out;
    if (children->back().out) {
        EXPECT_OK(children->back().out.read_to_end(out));
    }
    text += out;
    for (auto& each : *children) {
        text += text_of(each.wait().value_or(windpipe::exit_status::exited(999))) + ' ';
    }
    return text;
}

windpipe::command quiet(windpipe::command what) {
    what.err(windpipe::null);
    return what;
}

windpipe::pipeline pipeline_of_kind(int kind) {
    std::vector<windpipe::command> stages;
    if (kind == 0) { // the end of the stream
        stages.push_back(quiet(child_command("flood", "300000", "0")));
        stages.push_back(quiet(child_command("cat")));
        stages.push_back(quiet(child_command("check_pattern")));
        stages.back().out(windpipe::piped);
    } else if (kind == 1) { // SIGPIPE in a full pipe
        stages.push_back(quiet(child_command("flood", "10000000", "0")));
        stages.push_back(quiet(child_command("close_stdin_early", "1000")));
        stages.back().out(windpipe::piped);
    } else { // SIGPIPE after being idle
        stages.push_back(quiet(child_command("write_to_closed")));
        stages.back().in(windpipe::piped);
        stages.push_back(quiet(child_command("exit_with", "4")));
    }
    return windpipe::pipeline(std::move(stages));
}

TEST(tool_xray_disturbance, pipelines_that_are_looked_at_end_like_others) {
    const char* const wanted = std::getenv("WINDPIPE_STRESS_PIPELINES");
    const int count = wanted != nullptr ? std::atoi(wanted) : 120;
    allow(std::chrono::seconds(60 + count));
    std::string expected[3];
    for (int kind = 0; kind < 3; ++kind) {
        expected[kind] = end_of(pipeline_of_kind(kind), nullptr);
    }
    EXPECT_NE(expected[0].find("300000 ok"), std::string::npos) << expected[0];
    EXPECT_NE(expected[1].find("signal 13"), std::string::npos) << expected[1];
    EXPECT_NE(expected[2].find("signal 13"), std::string::npos) << expected[2];
    onlooker eyes;
    for (int i = 0; i < count; ++i) {
        ASSERT_EQ(end_of(pipeline_of_kind(i % 3), &eyes), expected[i % 3]) << "pipeline " << i;
    }
    std::cout << count << " pipelines, " << eyes.looks() << " looks, of which " << eyes.told() << " saw into a pipe\n";
    EXPECT_GT(eyes.told(), 0U);
}

} // namespace
