// emit BLOCK BYTES [CPU] - writes BYTES of the pattern to standard output in blocks, with plain write(2).
#include "worker/traffic.hpp"

#include <cstdlib>

#include <sched.h>
#include <unistd.h>

int main(int count, char** words) {
    if (count < 3) {
        return 2;
    }
    const std::size_t block = std::strtoull(words[1], nullptr, 10);
    std::size_t left = std::strtoull(words[2], nullptr, 10);
    if (count > 3) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(std::strtoul(words[3], nullptr, 10), &set);
        sched_setaffinity(0, sizeof(set), &set);
    }
    const std::vector<char> bytes = bench::pattern(block);
    while (left > 0) {
        const std::size_t size = left < block ? left : block;
        for (std::size_t done = 0; done < size;) {
            const ssize_t written = write(STDOUT_FILENO, bytes.data() + done, size - done);
            if (written <= 0) {
                return 1;
            }
            done += static_cast<std::size_t>(written);
        }
        left -= size;
    }
    return 0;
}
