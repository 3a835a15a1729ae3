// leave_group.cpp - leaves the process group it was started as the leader of for that of its parent, prints "left\n"
// and waits: `leave_group [MEMBER]`. With MEMBER it first starts a process that stays in the group and waits, too.
#include <cstdio>
#include <unistd.h>

namespace {

[[noreturn]] void wait_for_ever() {
    for (;;) {
        ::pause();
    }
}

} // namespace

int main(int argc, char** /*argv*/) {
    const pid_t member = argc > 1 ? ::fork() : -1;
    if (member == 0) {
        wait_for_ever();
    }
    if (::setpgid(0, ::getpgid(::getppid())) != 0) {
        std::perror("setpgid");
        return 98;
    }
    std::puts("left");
    std::fflush(stdout);
    wait_for_ever();
}
