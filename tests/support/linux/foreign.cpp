// foreign.cpp - posix_spawn, SCM_RIGHTS and /proc/PID/fd.
#include "support/foreign.hpp"

#include "support/children.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace windpipe_test {

namespace {

void check(bool succeeded, const std::string& what, int code = errno) {
    if (!succeeded) {
        throw std::system_error(code, std::generic_category(), what);
    }
}

} // namespace

foreign_child::foreign_child(const std::string& program, const std::vector<std::string>& args,
                             const foreign_streams& streams) {
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& arg : args) {
        argv.push_back(const_cast<char*>(arg.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    const std::array<int, 3> given{streams.in, streams.out, streams.err};
    for (int number = 0; number < 3; ++number) {
        if (given.at(static_cast<std::size_t>(number)) != windpipe::no_handle) {
            ::posix_spawn_file_actions_adddup2(&actions, given.at(static_cast<std::size_t>(number)), number);
        }
    }
    pid_t started = 0;
    const int failed = ::posix_spawn(&started, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    check(failed == 0, "posix_spawn " + program, failed);
    id_ = static_cast<std::uint32_t>(started);
}

foreign_child::~foreign_child() {
    if (!waited_) {
        kill();
        wait();
    }
}

int foreign_child::wait() {
    int status = 0;
    pid_t waited = 0;
    do {
        waited = ::waitpid(static_cast<pid_t>(id_), &status, 0);
    } while (waited < 0 && errno == EINTR);
    check(waited > 0, "waitpid");
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void foreign_child::kill() { ::kill(static_cast<pid_t>(id_), SIGKILL); }

stranger::channel stranger::make_channel() {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "socketpair");
    return {windpipe::unique_handle(ends[0]), windpipe::unique_handle(ends[1])};
}

stranger::stranger(const std::string& action, windpipe::native_handle out)
    : channel_(make_channel()),
      child_(child_program("receive_end"), {action}, {.in = channel_.theirs.get(), .out = out}) {
    channel_.theirs.reset();
}

void stranger::send(windpipe::native_handle end) {
    char byte = 'e';
    iovec piece{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &end, sizeof(end));
    check(::sendmsg(channel_.ours.get(), &message, MSG_NOSIGNAL) == 1, "sendmsg");
}

windpipe::unique_handle copy_from_child(std::uint32_t process, int stream, std::uint64_t /*value*/) {
    const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(stream);
    const int copy = ::open(path.c_str(), (stream == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
    check(copy >= 0, path);
    return windpipe::unique_handle(copy);
}

} // namespace windpipe_test
