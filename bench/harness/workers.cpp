#include "harness/workers.hpp"

#include "harness/pipes.hpp"
#include "harness/worker_process.hpp"
#include "worker/traffic.hpp"

#include <array>
#include <deque>
#include <stdexcept>

namespace bench {

namespace {

using pipe_list = std::deque<kernel_pipe>;

/// A worker and what it has said so far.
class worker {
public:
    worker(const work& what, const pipe_list& pipes) : name_(what.who->name + " (" + what.job + ")") {
        worker_words words{what.who->start, {"run", what.who->name, what.job}, what.program};
        words.settings.insert(words.settings.end(), what.settings.begin(), what.settings.end());
        const auto end = [&](int which, pipe_end (kernel_pipe::*of)() const) {
            return which < 0 ? std::nullopt : std::optional((pipes.at(static_cast<std::size_t>(which)).*of)());
        };
        process_ = worker_process::start(words, end(what.in_pipe, &kernel_pipe::reader),
                                         end(what.out_pipe, &kernel_pipe::writer));
    }

    void start() { process_->order_start(); }
    void reap() { process_->reap(); }
    /// The next line, without its end; an error report becomes an exception.
    std::string next_line(std::int64_t until_ns) {
        while (unread_.find('\n') == std::string::npos) {
            std::array<char, 4096> buffer{};
            const std::optional<std::size_t> count = process_->read_some(buffer, until_ns);
            if (!count) {
                throw std::runtime_error(name_ + ": no answer in time");
            }
            if (*count == 0) {
                throw std::runtime_error(name_ + ": the worker died");
            }
            unread_.append(buffer.data(), *count);
        }
        const std::size_t end = unread_.find('\n');
        const std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        if (line.starts_with("{\"error\"")) {
            throw std::runtime_error(name_ + ": " + nlohmann::json::parse(line).at("error").get<std::string>());
        }
        return line;
    }

private:
    std::string name_;
    std::unique_ptr<worker_process> process_;
    std::string unread_;
};

} // namespace

std::vector<nlohmann::json> run_plan(const plan& what, double timeout_seconds) {
    const std::int64_t until_ns = now_ns() + static_cast<std::int64_t>(timeout_seconds * 1e9);
    std::vector<worker> workers;
    workers.reserve(what.works.size());
    {
        pipe_list pipes;
        for (const int capacity : what.pipe_capacities) {
            pipes.emplace_back(capacity);
        }
        for (const work& each : what.works) {
            workers.emplace_back(each, pipes);
        }
    } // our ends of the pipes are closed here
    for (worker& each : workers) {
        each.next_line(until_ns); // "ready"
    }
    for (worker& each : workers) {
        each.start();
    }
    std::vector<nlohmann::json> reports;
    for (worker& each : workers) {
        reports.push_back(nlohmann::json::parse(each.next_line(until_ns)));
    }
    for (worker& each : workers) {
        each.reap();
    }
    return reports;
}

} // namespace bench
