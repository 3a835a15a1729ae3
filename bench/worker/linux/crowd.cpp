#include "worker/crowd.hpp"

#include "worker/traffic.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::pair<int, int> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    return {ends[0], ends[1]};
}

} // namespace

crowd::crowd(const std::vector<std::string>& program, std::size_t count) : program_(program), count_(count) {
    const auto [reader, writer] = make_pipe();
    opens_ = writer;
    if (dup2(reader, STDIN_FILENO) < 0) {
        fail("dup2");
    }
    close(reader);
}

crowd::~crowd() {
    if (opens_ >= 0) {
        close(opens_);
    }
}

pipe_end crowd::gate() const {
    const int copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) {
        fail("F_DUPFD_CLOEXEC");
    }
    return copy;
}

void crowd::all_started() {
    started_ns_ = now_ns();
    close(std::exchange(opens_, -1));
}

many_pipes::many_pipes(std::size_t count, std::size_t turns) : turns_(turns) {
    took_ns_.reserve(turns);
    for (std::size_t i = 0; i < count; ++i) {
        const auto [reader, writer] = make_pipe();
        readers_.push_back(reader);
        writers_.push_back(writer);
    }
}

many_pipes::~many_pipes() { close_writers(); }

void many_pipes::close_writers() {
    for (const int writer : std::exchange(writers_, {})) {
        close(writer);
    }
}

bool many_pipes::speak() {
    if (took_ns_.size() == turns_) {
        close_writers();
        return false;
    }
    speaks_ = random_() % writers_.size();
    const char byte = pattern_byte(took_ns_.size());
    spoke_ns_ = now_ns();
    if (write(writers_[speaks_], &byte, 1) != 1) {
        fail("write");
    }
    return true;
}

void many_pipes::heard(std::size_t number, char byte) {
    right_ = right_ && number == speaks_ && byte == pattern_byte(took_ns_.size());
    took_ns_.push_back(now_ns() - spoke_ns_);
}

std::uint64_t peak_memory() {
    unsigned long long kibibytes = 0;
    if (std::FILE* file = std::fopen("/proc/self/status", "re")) {
        char line[256];
        while (std::fgets(line, sizeof(line), file) != nullptr &&
               std::sscanf(line, "VmHWM: %llu kB", &kibibytes) != 1) {
        }
        std::fclose(file);
    }
    return kibibytes * 1024;
}

} // namespace bench
