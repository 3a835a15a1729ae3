// made.hpp - pipelines and looks at them, made by hand.
#pragma once

#include "xray/graph.hpp"
#include "xray/sample.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace windpipe_test::made {

using namespace windpipe_tool::xray;

constexpr channel_id pipe(std::uint64_t number) { return {channel_kind::pipe, 0, number}; }

constexpr open_end reads(int descriptor, channel_id channel) { return {descriptor, channel, true, false}; }
constexpr open_end writes(int descriptor, channel_id channel) { return {descriptor, channel, false, true}; }

inline process_facts process(process_id pid, process_id parent, std::string name, std::vector<open_end> ends = {}) {
    return {.pid = pid,
            .parent = parent,
            .began = 1000 + pid,
            .state = 'S',
            .name = std::move(name),
            .command = {},
            .ends = std::move(ends),
            .ends_known = true};
}

/// A thread of a process that reads or writes, or does something else.
inline thread_sample thread(std::uint32_t tid, activity doing, int descriptor = -1,
                            std::optional<channel_id> channel = {}) {
    return {.tid = tid, .doing = doing, .descriptor = descriptor, .channel = channel, .on_cpu = 0, .in_queue = 0};
}

inline void put(sample& seen, process_id pid, std::vector<thread_sample> threads) {
    seen.processes[pid] = {.pid = pid, .began = 1000 + pid, .threads = std::move(threads)};
}

constexpr channel_sample empty{.unread = 0, .capacity = 65536, .full = false, .abandoned = false};
constexpr channel_sample full{.unread = 65536, .capacity = 65536, .full = true, .abandoned = false};
constexpr channel_sample some{.unread = 3000, .capacity = 65536, .full = false, .abandoned = false};

/// a (pid 11) | b (pid 12) | c (pid 13), by the pipes 1 and 2, started by the shell 10.
inline std::vector<process_facts> three() {
    return {process(1, 0, "init"), process(10, 1, "sh"), process(11, 10, "a", {writes(1, pipe(1))}),
            process(12, 10, "b", {reads(0, pipe(1)), writes(1, pipe(2))}), process(13, 10, "c", {reads(0, pipe(2))})};
}

/// "a b c; 1: a>b; 2: b>c": the stages in their order, and each link with those of its holders that are stages; others
/// in parentheses.
inline std::string drawing(const graph& pipeline) {
    std::string text;
    for (const stage& each : pipeline.stages) {
        text += (text.empty() ? "" : ", ") + each.name;
    }
    const auto sides = [&](const std::vector<hold>& holders) {
        std::string names;
        for (const hold& each : holders) {
            const std::string name = pipeline.processes.at(each.pid).name;
            names += (names.empty() ? "" : ",") + (each.stage ? name : '(' + name + ')');
        }
        return names;
    };
    for (const link& each : pipeline.links) {
        text += "; " + std::to_string(each.channel.inode) + ": " + sides(each.writers) + '>' + sides(each.readers);
    }
    return text;
}

} // namespace windpipe_test::made
