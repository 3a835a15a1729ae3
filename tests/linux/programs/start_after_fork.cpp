// start_after_fork.cpp - starts PROGRAM (which prints nothing and exits 0) so that it dies with us, before and after a
// fork. Exits 0 if both do.
#include <windpipe/windpipe.hpp>

#include <sys/wait.h>
#include <unistd.h>

namespace {

bool starts(const char* program) {
    auto child = windpipe::command{program, "0"}.die_with_parent().spawn();
    if (!child) {
        return false;
    }
    const auto status = child->wait();
    return status && status->success();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 || !starts(argv[1])) {
        return 99;
    }
    const pid_t forked = ::fork();
    if (forked == 0) {
        ::_exit(starts(argv[1]) ? 0 : 98);
    }
    int status = 0;
    return ::waitpid(forked, &status, 0) == forked && status == 0 ? 0 : 97;
}
