#include "child_side.hpp"
#include "control_group.hpp"
#include "descriptors.hpp"
#include "keeper.hpp"
#include "program.hpp"
#include "reaper.hpp"

#include "platform/platform.hpp"

#include <array>

namespace windpipe::platform {

namespace {

constexpr std::array<std::string_view, 7> step_names{
    "", "die with parent", "process group", "pass descriptors", "current directory", "reset signals", "exec"};

/// The descriptors of a child, first its three streams, and those of these that were opened for it.
struct child_streams {
    std::vector<int> sources;
    std::array<unique_handle, 3> opened;
};

/// Whether one of our standard streams can be passed on. One that is close-on-exec is a private file in a free slot.
bool is_shared(int standard) {
    const int flags = sys::fcntl(standard, F_GETFD);
    return flags != -1 && (flags & FD_CLOEXEC) == 0;
}

result<int> open_stream(child_streams& streams, std::size_t i, const std::string& path, int flags) {
    streams.opened[i].reset(sys::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, by_umask));
    if (!streams.opened[i]) {
        return sys::failed(open_steps[i], errno, path);
    }
    return streams.opened[i].get();
}

std::string not_open(int descriptor) { return "no file is open as " + std::to_string(descriptor); }

result<int> resolve(child_streams& streams, std::size_t i, const stream_plan& plan) {
    using enum stream_plan::source;
    const auto ours_or_null = [&](int standard) -> result<int> {
        return is_shared(standard) ? result<int>(standard)
                                   : open_stream(streams, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY);
    };
    switch (plan.from) {
    case inherit:
        return ours_or_null(static_cast<int>(i));
    case our_stdout:
        return ours_or_null(STDOUT_FILENO);
    case our_stderr:
        return ours_or_null(STDERR_FILENO);
    case null:
        return open_stream(streams, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY);
    case read_file:
    case write_file:
    case append_file:
        return open_stream(streams, i, plan.path, file_flags(plan.from));
    case handle:
        if (plan.handle < 0) { // plan_moves() has a meaning of its own for these
            return sys::failed(open_steps[i], EBADF, not_open(plan.handle));
        }
        return plan.handle;
    case same_as_out:
        return streams.sources[1];
    }
    return sys::failed(open_steps[i], EINVAL);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        list.push_back(const_cast<char*>(text.c_str())); // execve(2) does not write to them
    }
    list.push_back(nullptr);
    return list;
}

/// Blocks every signal for this thread while a child shares our memory, so that no handler runs in it.
class blocked_signals {
public:
    blocked_signals() {
        sigset_t all{};
        sigfillset(&all);
        ok_ = sys::sigprocmask(SIG_SETMASK, &all, &before_) == 0;
    }
    ~blocked_signals() {
        if (ok_) {
            const int kept = errno;
            (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr); // cannot fail with a valid set
            errno = kept;
        }
    }
    blocked_signals(const blocked_signals&) = delete;
    blocked_signals& operator=(const blocked_signals&) = delete;
    [[nodiscard]] bool ok() const { return ok_; }

private:
    sigset_t before_{};
    bool ok_ = false;
};

/// What a failed step of the child means, with the text that it failed on.
error step_error(const child_orders& orders, const spawn_plan& plan) {
    std::string context;
    for (std::size_t i = 0; orders.failed_code == EBADF && i < plan.streams.size(); ++i) {
        const stream_plan& stream = plan.streams[i];
        if (stream.from == stream_plan::source::handle && sys::fcntl(stream.handle, F_GETFD) == -1) {
            return sys::failure_of(open_steps[i], EBADF, not_open(stream.handle));
        }
    }
    if (orders.failed_step == child_step::exec) {
        context = orders.program;
        struct stat about{};
        if (orders.failed_code == ENOENT && sys::stat(orders.program, &about) == 0) {
            context += " exists, but the interpreter it names does not (its #! line, or its loader)";
        } else if (orders.failed_code == ENOEXEC) {
            context += " is no program: neither a binary for this machine nor a script with a #! line";
        } else if (orders.failed_code == EACCES && sys::stat(orders.program, &about) == 0 && S_ISDIR(about.st_mode)) {
            context += " is a directory";
        }
    } else if (orders.failed_step == child_step::directory) {
        context = plan.directory.value_or("");
    }
    return sys::failure_of(step_names[static_cast<std::size_t>(orders.failed_step)], orders.failed_code,
                           std::move(context));
}

/// Waits for a child that has ended or is about to, and that nobody shall learn of. Not through the gate: one of ours
/// that nobody can see any more must not stay.
void reap_now(int pidfd) {
    siginfo_t ended{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd), &ended, WEXITED) == -1 && errno == EINTR) {
    }
}

/// The kernel may give the pidfd a number of a standard stream that is closed. Where it can have no other, the child is
/// taken back.
result<process> with_clear_handle(process started) {
    const int pidfd = started.handle.get();
    if (pidfd >= first_own_descriptor) {
        return started;
    }
    auto clear = private_copy(pidfd, "start process");
    if (!clear) {
        (void)::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0);
        reap_now(pidfd);
        return std::unexpected(std::move(clear).error());
    }
    started.handle = std::move(*clear);
    return started;
}

} // namespace

result<process> spawn(const spawn_plan& plan) {
    reap_waiting();
    child_streams streams;
    for (std::size_t i = 0; i < plan.streams.size(); ++i) {
        auto source = resolve(streams, i, plan.streams[i]);
        if (!source) {
            return std::unexpected(std::move(source).error());
        }
        streams.sources.push_back(*source);
    }
    streams.sources.insert(streams.sources.end(), plan.given.begin(), plan.given.end());
    descriptor_moves moves = plan_moves(streams.sources);
    const auto program = find_program(plan);
    if (!program) {
        return std::unexpected(program.error());
    }
    control_group group = plan.own_control_group ? control_group::make() : control_group();
    const unique_handle group_list(group ? sys::openat(group.directory(), "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1);
    const std::vector<char*> arguments = pointers(plan.arguments);
    const std::vector<char*> environment = plan.environment ? pointers(*plan.environment) : std::vector<char*>{};
    child_orders orders{.program = program->c_str(),
                        .arguments = arguments.data(),
                        .environment = plan.environment ? environment.data() : environ,
                        .directory = plan.directory ? plan.directory->c_str() : nullptr,
                        .aside = moves.aside.data(),
                        .aside_count = moves.aside.size(),
                        .place = moves.place.data(),
                        .place_count = moves.place.size(),
                        .parent = plan.dies_with_us ? ::getpid() : 0,
                        .own_group = plan.own_group,
                        .control_group = group.directory(),
                        .control_group_list = group_list.get(),
                        .in_control_group = false,
                        .handlers_cleared = false};
    process started;
    started.started = deadline::clock::now();
    started.leads_group = plan.own_group;
    int pidfd = -1;
    {
        const blocked_signals guard;
        if (!guard.ok()) {
            return sys::failed("start process");
        }
        const pid_t pid = plan.dies_with_us ? clone_by_keeper(orders, pidfd) : clone_child(orders, pidfd);
        if (pid == -1) {
            return sys::failed("start process");
        }
        started.handle.reset(pidfd);
        started.id = static_cast<std::uint32_t>(pid);
    }
    if (orders.failed_step != child_step::none) {
        reap_now(pidfd);
        return std::unexpected(step_error(orders, plan));
    }
    auto clear = with_clear_handle(std::move(started));
    if (clear && orders.in_control_group) {
        std::move(group).move_into(*clear);
    }
    return clear;
}

} // namespace windpipe::platform
