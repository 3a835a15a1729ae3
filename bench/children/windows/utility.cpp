// utility true | echo WORD | cat - what Linux has in /bin, with plain ReadFile and WriteFile.
#include <cstring>
#include <string>
#include <vector>

#include <windows.h>

namespace {

bool write_all(const char* bytes, DWORD size) {
    const HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    for (DWORD written = 0; size > 0; bytes += written, size -= written) {
        if (!WriteFile(out, bytes, size, &written, nullptr)) {
            return false;
        }
    }
    return true;
}

int copy() {
    std::vector<char> buffer(128UL * 1024); // as the cat of GNU
    const HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    for (;;) {
        DWORD count = 0;
        if (!ReadFile(in, buffer.data(), static_cast<DWORD>(buffer.size()), &count, nullptr)) {
            return GetLastError() == ERROR_BROKEN_PIPE ? 0 : 1;
        }
        if (!write_all(buffer.data(), count)) {
            return 1;
        }
    }
}

} // namespace

int main(int count, char** words) {
    if (count == 2 && std::strcmp(words[1], "true") == 0) {
        return 0;
    }
    if (count == 2 && std::strcmp(words[1], "cat") == 0) {
        return copy();
    }
    if (count == 3 && std::strcmp(words[1], "echo") == 0) {
        const std::string line = std::string(words[2]) + "\n";
        return write_all(line.data(), static_cast<DWORD>(line.size())) ? 0 : 1;
    }
    return 2;
}
