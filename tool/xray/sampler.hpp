// sampler.hpp - looks at one pipeline again and again.
#pragma once

#include "xray/deadlock.hpp"
#include "xray/graph.hpp"
#include "xray/system.hpp"
#include "xray/warnings.hpp"
#include "xray/window.hpp"

#include <windpipe/error.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// Finds the processes of a pipeline and their channels, and keeps what they did.
///
/// *Threads*: one at a time.
class sampler {
public:
    /// The pipeline of a process; see pipeline_of().
    sampler(observer eyes, process_id from);
    /// The pipeline of these stages, with what people call them; one whose name is empty is called by its program.
    /// `relayed`: relays of ours stand between them.
    sampler(observer eyes, std::vector<process_id> stages, std::vector<std::string> names = {}, bool relayed = false);

    /// Looks once. *Errors*: the system does not tell of its processes.
    windpipe::result<void> look();

    /// Whether a process of the pipeline is still there.
    [[nodiscard]] bool alive() const;

    [[nodiscard]] const window& seen() const { return window_; }
    /// The looks since begin_anew().
    [[nodiscard]] const window& recent() const { return recent_; }
    void begin_anew() { recent_.restart(); }
    [[nodiscard]] const known_readers& readers() const { return readers_; }
    /// How far the first stage has read its input, if that is a file.
    [[nodiscard]] std::optional<file_position> input() const;
    /// A circle that the last looks have shown.
    [[nodiscard]] const std::optional<circle>& deadlock() const { return deadlock_; }

    /// How long to wait for the next look: not always the same, so that a stage with a rhythm is not met at the same
    /// place each time.
    [[nodiscard]] std::chrono::nanoseconds pause(std::chrono::nanoseconds usual);

private:
    windpipe::result<void> find_all();
    void find_stages();
    void find_new();
    void make_graph();
    void make_probes();
    void find_deadlock();
    [[nodiscard]] bool is_due() const;

    observer eyes_;
    process_id from_ = 0;
    std::vector<process_id> stages_;
    std::vector<std::string> names_;
    bool relayed_ = false;
    std::vector<process_facts> everybody_;
    graph graph_;
    std::map<channel_id, probe> probes_;
    window window_;
    window recent_;
    known_readers readers_;
    std::optional<sample> still_since_;
    std::optional<circle> deadlock_;
    std::chrono::steady_clock::time_point found_at_{};
    std::chrono::nanoseconds search_took_{};
    bool changed_ = true;
    std::minstd_rand dice_;
};

} // namespace windpipe_tool::xray
