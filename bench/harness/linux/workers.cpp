#include "harness/workers.hpp"

#include "worker/job.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Closes itself; numbered high, out of the way of what workers get.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int low) : number_(fcntl(low, F_DUPFD_CLOEXEC, 64)) {
        ::close(low);
        if (number_ < 0) {
            fail("F_DUPFD_CLOEXEC");
        }
    }
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() { close(); }
    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }
    [[nodiscard]] int get() const { return number_; }

private:
    int number_ = -1;
};

struct pipe_pair {
    descriptor reader;
    descriptor writer;
};

pipe_pair make_pipe(int capacity) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    pipe_pair made{descriptor(ends[0]), descriptor(ends[1])};
    if (capacity > 0) {
        fcntl(made.writer.get(), F_SETPIPE_SZ, capacity);
        const int granted = fcntl(made.writer.get(), F_GETPIPE_SZ);
        if (granted != capacity) {
            throw std::runtime_error("asked for a pipe of " + std::to_string(capacity) + " bytes, got one of " +
                                     std::to_string(granted));
        }
    }
    return made;
}

/// A started worker. Killed and reaped if it is still there in the end.
class worker {
public:
    worker(const work& what, std::vector<pipe_pair>& pipes) {
        pipe_pair order = make_pipe(0);
        pipe_pair answer = make_pipe(0);
        std::vector<std::string> words = what.who->start;
        words.insert(words.end(), {"run", what.who->name, what.job});
        words.insert(words.end(), what.settings.begin(), what.settings.end());
        if (!what.program.empty()) {
            words.emplace_back("--");
            words.insert(words.end(), what.program.begin(), what.program.end());
        }
        std::vector<char*> argv;
        for (std::string& word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, order.reader.get(), start_descriptor);
        posix_spawn_file_actions_adddup2(&actions, answer.writer.get(), report_descriptor);
        if (what.in_pipe >= 0) {
            posix_spawn_file_actions_adddup2(&actions, pipes.at(static_cast<std::size_t>(what.in_pipe)).reader.get(),
                                             data_in_descriptor);
        }
        if (what.out_pipe >= 0) {
            posix_spawn_file_actions_adddup2(&actions, pipes.at(static_cast<std::size_t>(what.out_pipe)).writer.get(),
                                             data_out_descriptor);
        }
        errno = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (errno != 0) {
            pid_ = -1;
            fail(words.front().c_str());
        }
        name_ = what.who->name + " (" + what.job + ")";
        order_ = std::move(order.writer);
        answer_ = std::move(answer.reader);
    }
    worker(worker&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), name_(std::move(other.name_)), order_(std::move(other.order_)),
          answer_(std::move(other.answer_)), unread_(std::move(other.unread_)) {}
    worker& operator=(worker&&) = delete;
    ~worker() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            reap();
        }
    }

    void start() {
        if (write(order_.get(), "g", 1) != 1) {
            fail("the order to start");
        }
    }
    /// The next line, without its end; an error report becomes an exception.
    std::string next_line(std::int64_t until_ns) {
        for (std::size_t end = 0; (end = unread_.find('\n')) == std::string::npos;) {
            const std::int64_t left_ms = (until_ns - now_ns()) / 1'000'000;
            pollfd ready{answer_.get(), POLLIN, 0};
            if (left_ms <= 0 || poll(&ready, 1, static_cast<int>(left_ms)) == 0) {
                throw std::runtime_error(name_ + ": no answer in time");
            }
            std::array<char, 4096> buffer{};
            const ssize_t count = read(answer_.get(), buffer.data(), buffer.size());
            if (count <= 0) {
                throw std::runtime_error(name_ + ": the worker died");
            }
            unread_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        const std::size_t end = unread_.find('\n');
        const std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        if (line.starts_with("{\"error\"")) {
            throw std::runtime_error(name_ + ": " + nlohmann::json::parse(line).at("error").get<std::string>());
        }
        return line;
    }
    void reap() {
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
    }

private:
    pid_t pid_ = -1;
    std::string name_;
    descriptor order_;
    descriptor answer_;
    std::string unread_;
};

} // namespace

std::vector<nlohmann::json> run_plan(const plan& what, double timeout_seconds) {
    const std::int64_t until_ns = now_ns() + static_cast<std::int64_t>(timeout_seconds * 1e9);
    std::vector<worker> workers;
    workers.reserve(what.works.size());
    {
        std::vector<pipe_pair> pipes;
        for (const int capacity : what.pipe_capacities) {
            pipes.push_back(make_pipe(capacity));
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
