// The other process of the tests of rows: what it does is its first argument, how that went is its exit code.
#include <windows.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

HANDLE handle_of(const char* text) { return reinterpret_cast<HANDLE>(std::strtoull(text, nullptr, 10)); }

/// The count, or 1000 and the error.
DWORD write_all(HANDLE to, const std::string& text) {
    DWORD count = 0;
    return WriteFile(to, text.data(), static_cast<DWORD>(text.size()), &count, nullptr) != FALSE
               ? count
               : 1000 + GetLastError();
}

// Not to be found by a sanitizer, which would say so and go on.
__attribute__((no_sanitize("undefined"))) void crash() {
    volatile int* volatile nowhere = nullptr; // the compiler shall not know, either
    *nowhere = 0;
}

/// One bit for each handle that is open here.
DWORD open_handles(int count, char** words) {
    DWORD bits = 0;
    for (int i = 0; i < count; ++i) {
        DWORD flags = 0;
        bits |= GetHandleInformation(handle_of(words[i]), &flags) != FALSE ? 1U << static_cast<unsigned>(i) : 0U;
    }
    return bits;
}

DWORD print(const std::string& text) { return write_all(GetStdHandle(STD_OUTPUT_HANDLE), text) == text.size() ? 0 : 1; }

void use_handles(const std::string& what, int count, char** words) {
    if (what == "exit") {
        ExitProcess(static_cast<DWORD>(std::strtoul(words[2], nullptr, 10)));
    }
    if (what == "open") {
        ExitProcess(open_handles(count - 2, words + 2));
    }
    if (what == "write") {
        ExitProcess(write_all(handle_of(words[2]), words[3]));
    }
    if (what == "records") { // handle, count, size, letter
        const std::string record(std::strtoul(words[4], nullptr, 10), words[5][0]);
        for (unsigned long left = std::strtoul(words[3], nullptr, 10); left > 0; --left) {
            if (write_all(handle_of(words[2]), record) != record.size()) {
                ExitProcess(1);
            }
        }
        ExitProcess(0);
    }
}

DWORD WINAPI read_for_ever(LPVOID started) {
    char byte = 0;
    DWORD some = 0;
    SetEvent(started);
    ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &some, nullptr);
    return 0;
}

/// Ends while a thread waits in a read.
void exit_reading(const std::string& code) {
    HANDLE const started = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    CreateThread(nullptr, 0, read_for_ever, started, 0, nullptr);
    WaitForSingleObject(started, INFINITE);
    Sleep(60); // most likely it waits by then
    ExitProcess(static_cast<DWORD>(std::strtoul(code.c_str(), nullptr, 10)));
}

void use_streams(const std::string& what, int count, char** words) {
    if (what == "exit_reading") {
        exit_reading(words[2]);
    }
    if (what == "streams") {
        const DWORD in = GetFileType(GetStdHandle(STD_INPUT_HANDLE));
        write_all(GetStdHandle(STD_ERROR_HANDLE), "err");
        ExitProcess(print("out") == 0 ? in : 100);
    }
    if (what == "input") { // copies its input
        char buffer[4096];
        DWORD some = 0;
        std::string all;
        while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof buffer, &some, nullptr) != FALSE && some > 0) {
            all.append(buffer, some);
        }
        ExitProcess(print(all));
    }
    if (what == "arguments") {
        std::string text = GetCommandLineA() + std::string("\n");
        for (int i = 2; i < count; ++i) {
            text += words[i] + std::string("\n");
        }
        ExitProcess(print(text));
    }
    if (what == "environment") {
        char value[200] = "";
        GetEnvironmentVariableA(words[2], value, sizeof value);
        ExitProcess(print(value));
    }
    if (what == "directory") {
        char value[1000] = "";
        GetCurrentDirectoryA(sizeof value, value);
        ExitProcess(print(value));
    }
}

void use_other_process(const std::string& what, char** words) {
    if (what == "pull") { // process, handle: takes the handle from the process, closing it there, and writes
        HANDLE const from =
            OpenProcess(PROCESS_DUP_HANDLE, FALSE, static_cast<DWORD>(std::strtoul(words[2], nullptr, 10)));
        HANDLE mine = nullptr;
        if (from == nullptr || DuplicateHandle(from, handle_of(words[3]), GetCurrentProcess(), &mine, 0, FALSE,
                                               DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE) == FALSE) {
            ExitProcess(1000 + GetLastError());
        }
        ExitProcess(write_all(mine, "pulled"));
    }
    if (what == "told") { // reads a handle's value from its input, and writes to it
        unsigned long long value = 0;
        DWORD some = 0;
        ReadFile(GetStdHandle(STD_INPUT_HANDLE), &value, sizeof value, &some, nullptr);
        ExitProcess(write_all(reinterpret_cast<HANDLE>(value), "pushed"));
    }
}

} // namespace

int main(int count, char** words) {
    const std::string what = count > 1 ? words[1] : "";
    use_handles(what, count, words);
    use_streams(what, count, words);
    use_other_process(what, words);
    if (what == "return") {
        return static_cast<int>(std::strtoul(words[2], nullptr, 10));
    }
    if (what == "hang") {
        Sleep(INFINITE);
    }
    if (what == "crash") {
        crash();
    }
    if (what == "abort") {
        std::abort();
    }
    return 99;
}
