// start.hpp - starting a child by bare system calls, in each way Linux has.
#pragma once

#include "worker/peer.hpp"

#include <sys/types.h>

namespace bench::floor {

/// A started child: wait by pid, or by the descriptor if there is one.
struct started {
    pid_t pid = -1;
    int pidfd = -1;
};

/// `in` and `out` become the child's standard input and output where they are not -1.
using starter = started (*)(char* const* argv, int in, int out);

started by_vfork(char* const* argv, int in, int out);
started by_clone(char* const* argv, int in, int out);
started by_posix_spawn(char* const* argv, int in, int out);
started by_fork(char* const* argv, int in, int out);

/// Throws unless the child exits with 0.
void reap(started child);

/// argv as execve wants it.
class raw_arguments {
public:
    explicit raw_arguments(const arguments& words);
    [[nodiscard]] char* const* get() { return pointers_.data(); }

private:
    std::vector<char*> pointers_;
};

/// A private pipe of at least this capacity (0: the default); throws.
struct raw_pipe {
    int reader = -1;
    int writer = -1;
    explicit raw_pipe(int capacity = 0);
};

[[noreturn]] void fail(const char* what);

} // namespace bench::floor
