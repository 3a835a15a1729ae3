// windpipe's windows.h: what a program for Windows does, as it is, on Linux.
#include "worker/peer.hpp"

#include <windows.h>

#include <array>
#include <stdexcept>

namespace bench {

namespace {

void checked(BOOL outcome, const char* call) {
    if (outcome == FALSE) {
        throw std::runtime_error(std::string(call) + ": error " + std::to_string(GetLastError()));
    }
}

std::string command_line(const arguments& words) {
    std::string line;
    for (const std::string& word : words) { // of the benchmark's own, which need no quoting
        line += (line.empty() ? "" : " ") + word;
    }
    return line;
}

void spawn(const arguments& words) {
    std::string line = command_line(words);
    STARTUPINFOA start{};
    start.cb = sizeof(start);
    PROCESS_INFORMATION child{};
    checked(CreateProcessA(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &start, &child),
            "CreateProcess");
    checked(WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0 ? TRUE : FALSE, "WaitForSingleObject");
    DWORD code = 1;
    checked(GetExitCodeProcess(child.hProcess, &code), "GetExitCodeProcess");
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    if (code != 0) {
        throw std::runtime_error("the child failed");
    }
}

void there_and_back(outgoing& sent, incoming& got) {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    checked(CreatePipe(&reader, &writer, nullptr, 1 << 20), "CreatePipe");
    for (std::string_view bytes = sent.next(); !bytes.empty(); bytes = sent.next()) {
        DWORD count = 0;
        checked(WriteFile(writer, bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr), "WriteFile");
        const std::span<char> room = got.room();
        checked(ReadFile(reader, room.data(), static_cast<DWORD>(room.size()), &count, nullptr), "ReadFile");
        got.took(count);
    }
    CloseHandle(reader);
    CloseHandle(writer);
}

} // namespace

std::span<const peer> peers() {
    static const std::array<peer, 1> all = {peer{.name = "windpipe, windows.h",
                                                 .version = WINDPIPE_VERSION,
                                                 .kind = "layer",
                                                 .spawn = spawn,
                                                 .there_and_back = there_and_back}};
    return all;
}

} // namespace bench
