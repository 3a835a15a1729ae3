// sys.hpp - every system call of the Linux backend, each behind the fault gate, and errors taken on the line of the
// call.
#pragma once

#include "gate.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace windpipe::platform::sys {

// ---- errors

inline error failure_of(std::string_view operation, int code, std::string context = {}) {
    return {{code, std::system_category()}, operation, std::move(context)};
}

/// The failure of the call just made. Evaluate nothing between the call and this.
inline std::unexpected<error> failed(std::string_view operation) {
    return std::unexpected(failure_of(operation, errno));
}
inline std::unexpected<error> failed(std::string_view operation, int code, std::string context = {}) {
    return std::unexpected(failure_of(operation, code, std::move(context)));
}

// ---- calls

/// preadv2 or pwritev2 at the stream's own position, without libc: its wrapper looks whether the thread may be
/// cancelled, and where a system call empties the TLB each page that it is spread over costs.
inline ssize_t direct(long number, int fd, const iovec* pieces, int count, int flags) {
#if defined(__x86_64__)
    ssize_t outcome = number;
    register long low asm("r10") = -1;
    register long high asm("r8") = 0; // a 64-bit position is in `low` alone
    register long last asm("r9") = flags;
    asm volatile("syscall"
                 : "+a"(outcome)
                 : "D"(static_cast<long>(fd)), "S"(pieces), "d"(static_cast<long>(count)), "r"(low), "r"(high),
                   "r"(last)
                 : "rcx", "r11", "memory");
    if (outcome < 0) {
        errno = static_cast<int>(-outcome);
        return -1;
    }
    return outcome;
#else
    return ::syscall(number, fd, pieces, count, -1L, 0L, flags);
#endif
}

/// One system call, unless the gate fails it.
template <class Call>
auto once(std::string_view name, Call make) -> decltype(make()) {
    if (const int code = fault(name); code != 0) {
        errno = code;
        return decltype(make())(-1);
    }
    return make();
}

/// A system call that is made again when a signal interrupted it. Never for close(2): the descriptor is gone.
template <class Call>
auto again(std::string_view name, Call make) -> decltype(make()) {
    decltype(make()) outcome;
    do {
        outcome = once(name, make);
    } while (outcome == decltype(make())(-1) && errno == EINTR);
    return outcome;
}

/// The descriptor is gone whatever it says, also when the gate makes it say something.
inline int close(int fd) noexcept {
    const int code = fault("close");
    const int outcome = ::close(fd);
    return code != 0 ? (errno = code, -1) : outcome;
}
inline int pipe2(int* fds, int flags) {
    return once("pipe2", [&] { return ::pipe2(fds, flags); });
}
inline int fcntl(int fd, int command, long argument = 0) {
    return again("fcntl", [&] { return ::fcntl(fd, command, argument); });
}
/// For this open file, not for the process. EAGAIN: another one has it.
inline int lock_byte(int fd, off_t at) {
    struct flock what{.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1, .l_pid = 0};
    return again("fcntl", [&] { return ::fcntl(fd, F_OFD_SETLK, &what); });
}
/// Whether another open file has it; -1: errno.
inline int byte_is_locked(int fd, off_t at) {
    struct flock what{.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1, .l_pid = 0};
    const int outcome = again("fcntl", [&] { return ::fcntl(fd, F_OFD_GETLK, &what); });
    return outcome == -1 ? -1 : what.l_type != F_UNLCK ? 1 : 0;
}
inline int open(const char* path, int flags, mode_t mode = 0) {
    return again("open", [&] { return ::open(path, flags, mode); });
}
inline int dup3(int from, int to, int flags) {
    return again("dup3", [&] { return ::dup3(from, to, flags); });
}
inline int fstat(int fd, struct stat* into) {
    return once("fstat", [&] { return ::fstat(fd, into); });
}
inline int stat(const char* path, struct stat* into) {
    return once("stat", [&] { return ::stat(path, into); });
}
inline int openat(int directory, const char* path, int flags) {
    return again("openat", [&] { return ::openat(directory, path, flags); });
}
inline int mkdir(const char* path, mode_t mode) {
    return once("mkdir", [&] { return ::mkdir(path, mode); });
}
inline int rmdir(const char* path) {
    return once("rmdir", [&] { return ::rmdir(path); });
}
inline ssize_t getdents64(int directory, void* into, std::size_t size) {
    return once("getdents64", [&] { return ::getdents64(directory, into, size); });
}
inline ssize_t readlink(const char* path, char* into, std::size_t size) {
    return once("readlink", [&] { return ::readlink(path, into, size); });
}
inline int faccessat(const char* path, int mode) {
    return once("faccessat", [&] { return ::faccessat(AT_FDCWD, path, mode, AT_EACCESS); });
}
inline int ioctl(int fd, unsigned long request, void* argument) {
    return once("ioctl", [&] { return ::ioctl(fd, request, argument); });
}
inline ssize_t read(int fd, void* into, std::size_t size) {
    return again("read", [&] { return ::read(fd, into, size); });
}
inline ssize_t write(int fd, const void* from, std::size_t size) {
    return again("write", [&] { return ::write(fd, from, size); });
}
inline ssize_t preadv2(int fd, const iovec* pieces, int count, int flags) {
    return again("preadv2", [&] { return direct(SYS_preadv2, fd, pieces, count, flags); });
}
inline ssize_t pwritev2(int fd, const iovec* pieces, int count, int flags) {
    return again("pwritev2", [&] { return direct(SYS_pwritev2, fd, pieces, count, flags); });
}
inline ssize_t writev(int fd, const iovec* pieces, int count) {
    return again("writev", [&] { return ::writev(fd, pieces, count); });
}
inline ssize_t tee(int from, int to, std::size_t size, unsigned flags) {
    return again("tee", [&] { return ::tee(from, to, size, flags); });
}
inline ssize_t splice(int from, int to, std::size_t size, unsigned flags) {
    return again("splice", [&] { return ::splice(from, nullptr, to, nullptr, size, flags); });
}
inline ssize_t vmsplice(int fd, const iovec* piece, unsigned flags) {
    return again("vmsplice", [&] { return ::vmsplice(fd, piece, 1, flags); });
}
inline off_t lseek(int fd, off_t by, int from) {
    return once("lseek", [&] { return ::lseek(fd, by, from); });
}
inline ssize_t recv(int fd, void* into, std::size_t size, int flags) {
    return again("recvfrom", [&] { return ::recv(fd, into, size, flags); });
}
inline ssize_t send(int fd, const void* from, std::size_t size, int flags) {
    return again("sendto", [&] { return ::send(fd, from, size, flags); });
}
inline int getsockopt(int fd, int option, int* into) {
    socklen_t size = sizeof *into;
    return once("getsockopt", [&] { return ::getsockopt(fd, SOL_SOCKET, option, into, &size); });
}
/// Once: a caller that waits must look at its deadline again.
inline int ppoll(pollfd* fds, nfds_t count, const timespec* timeout) {
    return once("ppoll", [&] { return ::ppoll(fds, count, timeout, nullptr); });
}
inline int eventfd(unsigned value, int flags) {
    return once("eventfd", [&] { return ::eventfd(value, flags); });
}
inline int epoll_create1(int flags) {
    return once("epoll_create1", [&] { return ::epoll_create1(flags); });
}
inline int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
    return once("epoll_ctl", [&] { return ::epoll_ctl(epoll, operation, fd, event); });
}
/// Once: a caller that waits must look at its deadline again. From kernel 5.11 on; newer than some libc's headers.
inline int epoll_pwait2(int epoll, epoll_event* events, int most, const timespec* timeout) {
    return static_cast<int>(once("epoll_pwait2", [&] {
        return ::syscall(SYS_epoll_pwait2, epoll, events, most, timeout, nullptr, std::size_t{0});
    }));
}
inline void* mmap(std::size_t size, int protection, int flags) {
    if (const int code = fault("mmap"); code != 0) {
        errno = code;
        return MAP_FAILED;
    }
    return ::mmap(nullptr, size, protection, flags, -1, 0);
}
/// Over what is there.
inline void* mmap_over(void* where, std::size_t size, int fd, std::size_t offset) {
    if (const int code = fault("mmap"); code != 0) {
        errno = code;
        return MAP_FAILED;
    }
    return ::mmap(where, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, static_cast<off_t>(offset));
}
inline int madvise(void* start, std::size_t size, int advice) {
    return once("madvise", [&] { return ::madvise(start, size, advice); });
}
inline int membarrier(int command) {
    return once("membarrier", [&] { return static_cast<int>(::syscall(SYS_membarrier, command, 0, 0)); });
}
inline int memfd_create(const char* name, unsigned flags) {
    return once("memfd_create", [&] { return ::memfd_create(name, flags); });
}
inline int ftruncate(int fd, std::size_t size) {
    return again("ftruncate", [&] { return ::ftruncate(fd, static_cast<off_t>(size)); });
}
inline void* mremap(void* old, std::size_t old_size, std::size_t size, int flags) {
    if (const int code = fault("mremap"); code != 0) {
        errno = code;
        return MAP_FAILED;
    }
    return ::mremap(old, old_size, size, flags);
}
inline int sigprocmask(int how, const sigset_t* set, sigset_t* old) {
    return once("rt_sigprocmask", [&] {
        errno = ::pthread_sigmask(how, set, old);
        return errno == 0 ? 0 : -1;
    });
}
inline int sigpending(sigset_t* set) {
    return once("rt_sigpending", [&] { return ::sigpending(set); });
}
inline int sigtimedwait(const sigset_t* set, const timespec* timeout) {
    return again("rt_sigtimedwait", [&] { return ::sigtimedwait(set, nullptr, timeout); });
}
inline int waitid(idtype_t kind, id_t id, siginfo_t* info, int options, rusage* usage) {
    return static_cast<int>(again("waitid", [&] { return ::syscall(SYS_waitid, kind, id, info, options, usage); }));
}
inline int pidfd_open(pid_t process) {
    return static_cast<int>(once("pidfd_open", [&] { return ::syscall(SYS_pidfd_open, process, 0); }));
}
inline int pidfd_send_signal(int pidfd, int signal, unsigned flags) {
    return static_cast<int>(
        once("pidfd_send_signal", [&] { return ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, flags); }));
}
inline int socket(int domain, int type) {
    return once("socket", [&] { return ::socket(domain, type, 0); });
}
inline int bind(int fd, const sockaddr_un& address, socklen_t size) {
    return once("bind", [&] { return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size); });
}
inline int listen(int fd, int backlog) {
    return once("listen", [&] { return ::listen(fd, backlog); });
}
inline int accept4(int fd, int flags) {
    return again("accept4", [&] { return ::accept4(fd, nullptr, nullptr, flags); });
}
inline int connect(int fd, const sockaddr_un& address, socklen_t size) {
    return again("connect", [&] { return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size); });
}
inline int getsockopt(int fd, int option, void* into, socklen_t size) {
    return once("getsockopt", [&] { return ::getsockopt(fd, SOL_SOCKET, option, into, &size); });
}
inline ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    return again("sendmsg", [&] { return ::sendmsg(fd, message, flags); });
}
inline ssize_t recvmsg(int fd, msghdr* message, int flags) {
    return again("recvmsg", [&] { return ::recvmsg(fd, message, flags); });
}
inline ssize_t getrandom(void* into, std::size_t size) {
    return again("getrandom", [&] { return ::getrandom(into, size, 0); });
}
/// No system call, but it too may lack memory.
inline int setenv(const char* name, const char* value) {
    return once("setenv", [&] { return value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name); });
}
inline int kill(pid_t pid, int signal) {
    return once("kill", [&] { return ::kill(pid, signal); });
}

} // namespace windpipe::platform::sys
