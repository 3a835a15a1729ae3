// as_user.cpp - becomes another user and another program: `as_user UID PROGRAM ARGUMENTS...`. 77: not allowed; 126: no
// program.
#include <cstdlib>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 3) {
        return 99;
    }
    const auto user = static_cast<unsigned>(std::atol(argv[1]));
    if (::setgid(user) != 0 || ::setuid(user) != 0) {
        return 77;
    }
    ::execv(argv[2], argv + 2);
    return 126;
}
