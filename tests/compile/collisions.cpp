// collisions.cpp - names that the headers of Linux and Windows would take are free after <windpipe/windpipe.hpp>.
//
// Each is defined here as another kind of thing than there, so that the system's own declaration or macro would be an
// error. What the standard headers bring along themselves, such as read() and pthread_create(), cannot be in the list.
#include <windpipe/windpipe.hpp>

// <fcntl.h>
enum file_control { O_RDONLY, O_WRONLY, O_CLOEXEC, O_NONBLOCK, F_GETFL, F_SETFL, F_SETPIPE_SZ, FD_CLOEXEC };
struct flock {
    windpipe::pipe_reader reader;
};

// <poll.h>
enum poll_events { POLLIN, POLLOUT, POLLHUP, POLLERR };
struct pollfd {
    windpipe::pipe_writer writer;
};
inline constexpr double poll = 1;

// <spawn.h>
struct posix_spawnattr_t {
    windpipe::exit_status status;
};
inline constexpr double posix_spawn = 1;
inline constexpr double posix_spawnp = 1;

// <sys/wait.h>
inline constexpr double waitpid = 1;
inline constexpr double waitid = 1;

// <sys/uio.h>
struct iovec {
    windpipe::const_buffer piece;
};
inline constexpr double writev = 1;

// <sys/stat.h>
enum modes { S_IFIFO, S_IRUSR };
inline constexpr double fstat = 1;

// <signal.h>
enum signals { SIGPIPE, SIGCHLD };
inline constexpr double sigaction = 1;
inline constexpr double kill = 1;

// <windows.h>
struct HANDLE {
    windpipe::unique_handle handle;
};
struct OVERLAPPED {};
struct SECURITY_ATTRIBUTES {};
enum DWORD { INFINITE, WAIT_OBJECT_0, ERROR_BROKEN_PIPE, STILL_ACTIVE, GENERIC_READ };
enum BOOL { TRUE, FALSE };
inline constexpr double INVALID_HANDLE_VALUE = 1;
inline constexpr double CreatePipe = 1;
inline constexpr double ReadFile = 1;
inline constexpr double WriteFile = 1;
inline constexpr double CloseHandle = 1;
inline constexpr double DuplicateHandle = 1;
inline constexpr double CreateProcess = 1;
inline constexpr double GetLastError = 1;
inline constexpr double Sleep = 1;
struct interface {};
inline constexpr int near = 1;
inline constexpr int far = 2;
constexpr int min(int left, int right) { return left < right ? left : right; }
constexpr int max(int left, int right) { return left < right ? right : left; }
static_assert(min(near, far) == 1 && max(near, far) == 2);
