#include "harness/worker_process.hpp"

#include "harness/pipes.hpp"
#include "worker/traffic.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class linux_worker : public worker_process {
public:
    linux_worker(const worker_words& parts, std::optional<pipe_end> in, std::optional<pipe_end> out) {
        std::vector<std::string> words = parts.start;
        words.insert(words.end(), parts.settings.begin(), parts.settings.end());
        if (!parts.program.empty()) {
            words.emplace_back("--");
            words.insert(words.end(), parts.program.begin(), parts.program.end());
        }
        std::vector<char*> argv;
        for (std::string& word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, order_.reader(), start_descriptor);
        posix_spawn_file_actions_adddup2(&actions, answer_.writer(), report_descriptor);
        if (in) {
            posix_spawn_file_actions_adddup2(&actions, *in, data_in_descriptor);
        }
        if (out) {
            posix_spawn_file_actions_adddup2(&actions, *out, data_out_descriptor);
        }
        errno = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (errno != 0) {
            fail(words.front().c_str());
        }
        order_.close_reader();
        answer_.close_writer();
    }
    ~linux_worker() override {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            wait_for_end();
        }
    }
    linux_worker(const linux_worker&) = delete;
    linux_worker& operator=(const linux_worker&) = delete;

    void order_start() override {
        if (!order_.put()) {
            fail("the order to start");
        }
    }
    std::optional<std::size_t> read_some(std::span<char> into, std::int64_t until_ns) override {
        const std::int64_t left_ms = (until_ns - now_ns()) / 1'000'000;
        pollfd ready{answer_.reader(), POLLIN, 0};
        if (left_ms <= 0 || poll(&ready, 1, static_cast<int>(left_ms)) == 0) {
            return std::nullopt;
        }
        const ssize_t count = read(answer_.reader(), into.data(), into.size());
        return count <= 0 ? 0 : static_cast<std::size_t>(count);
    }
    void reap() override { wait_for_end(); }

private:
    void wait_for_end() {
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
    }

    pid_t pid_ = -1;
    kernel_pipe order_{0};
    kernel_pipe answer_{0};
};

} // namespace

std::unique_ptr<worker_process> worker_process::start(const worker_words& words, std::optional<pipe_end> in,
                                                      std::optional<pipe_end> out) {
    return std::make_unique<linux_worker>(words, in, out);
}

std::string output_of(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        line += "'" + word + "' ";
    }
    std::FILE* pipe = popen(line.c_str(), "re");
    std::string text;
    char buffer[4096];
    while (pipe != nullptr && std::fgets(buffer, sizeof(buffer), pipe) != nullptr) {
        text += buffer;
    }
    if (pipe != nullptr) {
        pclose(pipe);
    }
    return text;
}

} // namespace bench
