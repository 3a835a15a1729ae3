// emit BLOCK BYTES [CPU] - writes BYTES of the pattern to standard output in blocks, with plain WriteFile.
#include "worker/traffic.hpp"

#include <cstdlib>

#include <windows.h>

int main(int count, char** words) {
    if (count < 3) {
        return 2;
    }
    const std::size_t block = std::strtoull(words[1], nullptr, 10);
    std::size_t left = std::strtoull(words[2], nullptr, 10);
    if (count > 3) {
        SetProcessAffinityMask(GetCurrentProcess(), DWORD_PTR{1} << std::strtoull(words[3], nullptr, 10));
    }
    const std::vector<char> bytes = bench::pattern(block);
    const HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    while (left > 0) {
        const std::size_t size = left < block ? left : block;
        for (std::size_t done = 0; done < size;) {
            DWORD written = 0;
            if (!WriteFile(out, bytes.data() + done, static_cast<DWORD>(size - done), &written, nullptr)) {
                return 1;
            }
            done += written;
        }
        left -= size;
    }
    return 0;
}
