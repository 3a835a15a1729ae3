// system.cpp - streams, surroundings and signals by raw Linux calls.
#include "system.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

extern char** environ;

namespace {

std::vector<std::string> arguments;
volatile std::sig_atomic_t broken_pipe_seen = 0;

void note_broken_pipe(int /*signal*/) { broken_pipe_seen = 1; }

void answer_request(int /*signal*/) {
    const char text[] = "asked\n";
    static_cast<void>(::write(STDOUT_FILENO, text, sizeof(text) - 1));
    ::_exit(7);
}

int number(child_system::stream which) { return static_cast<int>(which); }

void set_action(int signal, void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, nullptr);
}

} // namespace

int main(int argc, char** argv) {
    arguments.assign(argv, argv + argc);
    return child_main(arguments);
}

namespace child_system {

moved read(stream from, char* into, std::size_t size) {
    for (;;) {
        const ssize_t count = ::read(number(from), into, size);
        if (count >= 0) {
            return {.bytes = static_cast<std::size_t>(count)};
        }
        if (errno != EINTR) {
            return {.error = static_cast<unsigned>(errno)};
        }
    }
}

moved write(stream to, const char* from, std::size_t size) {
    for (;;) {
        const ssize_t count = ::write(number(to), from, size);
        if (count >= 0) {
            return {.bytes = static_cast<std::size_t>(count)};
        }
        if (errno != EINTR) {
            return {.error = static_cast<unsigned>(errno)};
        }
    }
}

bool write_to_number(std::uint64_t number, std::string_view text) {
    return ::write(static_cast<int>(number), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

void close(stream which) { ::close(number(which)); }

std::uint64_t native_name(stream which) { return static_cast<std::uint64_t>(which); }

std::vector<std::string> shell_arguments() { return arguments; }

std::vector<std::string> environment() {
    std::vector<std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        all.emplace_back(*entry);
    }
    return all;
}

std::string current_directory() {
    std::string path(65536, '\0');
    if (::getcwd(path.data(), path.size()) == nullptr) {
        return {};
    }
    path.resize(path.find('\0'));
    return path;
}

std::string open_handles() {
    std::string lines;
    DIR* directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) {
        exit_with(98);
    }
    while (const dirent* entry = ::readdir(directory)) {
        const std::string name = entry->d_name;
        if (name.starts_with('.') || std::atoi(name.c_str()) == ::dirfd(directory)) {
            continue;
        }
        std::string target(4096, '\0');
        const ssize_t size = ::readlink(("/proc/self/fd/" + name).c_str(), target.data(), target.size());
        target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        lines.append(name).append(" ").append(target).append("\n");
    }
    ::closedir(directory);
    return lines;
}

std::string process_ids() {
    return std::to_string(::getpid()) + " " + std::to_string(::getppid()) + " " + std::to_string(::getpgrp()) + " " +
           std::to_string(::getsid(0)) + "\n";
}

std::string signal_state() {
    std::ifstream status("/proc/self/status");
    std::string lines;
    std::string pending;
    for (std::string line; std::getline(status, line);) {
        const std::string value = line.size() > 8 ? line.substr(8) : "";
        if (line.starts_with("SigPnd:") || line.starts_with("ShdPnd:")) {
            pending.append(" ").append(value);
        } else if (line.starts_with("SigBlk:")) {
            lines.append("blocked ").append(value).append("\n");
        } else if (line.starts_with("SigIgn:")) {
            lines.append("ignored ").append(value).append("\n");
        } else if (line.starts_with("SigCgt:")) {
            lines.append("caught ").append(value).append("\n");
        }
    }
    return lines.append("pending").append(pending).append("\n");
}

void exit_with(std::uint32_t code) { std::exit(static_cast<int>(code)); }

void die_by_signal(int number) {
    set_action(number, SIG_DFL);
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, number);
    ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
    ::raise(number);
    exit_with(99);
}

void block_for_ever() {
    for (;;) {
        ::pause();
    }
}

std::uint64_t processor_milliseconds() {
    timespec used = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<std::uint64_t>(used.tv_sec) * 1000U + static_cast<std::uint64_t>(used.tv_nsec) / 1'000'000U;
}

void pause_microseconds(unsigned count) {
    const timespec time{.tv_sec = count / 1'000'000U, .tv_nsec = static_cast<long>(count % 1'000'000U) * 1000};
    ::nanosleep(&time, nullptr);
}

void ignore_requests_to_end() { set_action(SIGTERM, SIG_IGN); }

void obey_requests_to_end() { set_action(SIGTERM, answer_request); }

void catch_broken_pipe() { set_action(SIGPIPE, note_broken_pipe); }

bool broken_pipe_was_caught() { return broken_pipe_seen != 0; }

} // namespace child_system
