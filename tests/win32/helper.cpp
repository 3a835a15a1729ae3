// A child on the layer with one job per word: what the parent sees of it is tested.
#include <windows.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

HANDLE handle_in(const char* text) { return reinterpret_cast<HANDLE>(std::strtoull(text, nullptr, 0)); }

DWORD number_in(const char* text) { return static_cast<DWORD>(std::strtoul(text, nullptr, 0)); }

/// Writes records of one letter; each is one WriteFile.
int write_records(HANDLE to, DWORD size, DWORD count, char letter) {
    const std::string record(size, letter);
    for (DWORD i = 0; i < count; ++i) {
        DWORD written = 0;
        if (WriteFile(to, record.data(), size, &written, nullptr) == FALSE || written != size) {
            return 1;
        }
    }
    return 0;
}

/// The handle's flags, or the error with the highest bit.
DWORD flags_of(HANDLE handle) {
    DWORD flags = 0;
    return GetHandleInformation(handle, &flags) != FALSE ? flags : 0x80000000 | GetLastError();
}

bool read_handle(HANDLE from, HANDLE& value) {
    DWORD got = 0;
    return ReadFile(from, &value, sizeof(value), &got, nullptr) != FALSE && got == sizeof(value);
}

/// Writes to a handle that it is told of, and tells of one of its own, with something in it.
int talk() {
    HANDLE given = nullptr;
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    DWORD written = 0;
    HANDLE const input = GetStdHandle(STD_INPUT_HANDLE);
    if (!read_handle(input, given) || WriteFile(given, "given", 5, &written, nullptr) == FALSE ||
        CreatePipe(&reader, &writer, nullptr, 0) == FALSE ||
        WriteFile(writer, "taken", 5, &written, nullptr) == FALSE ||
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), &reader, sizeof(reader), &written, nullptr) == FALSE) {
        return 1;
    }
    HANDLE more = nullptr;
    (void)read_handle(input, more); // the end of the input
    return PeekNamedPipe(reader, nullptr, 0, nullptr, nullptr, nullptr) == FALSE &&
                   GetLastError() == ERROR_INVALID_HANDLE
               ? 0
               : 2;
}

} // namespace

int main(int count, char** arguments) {
    const std::string job = count > 1 ? arguments[1] : "";
    if (job == "exit") {
        ExitProcess(number_in(arguments[2]));
    }
    if (job == "return") {
        return static_cast<int>(number_in(arguments[2]));
    }
    if (job == "flags") {
        ExitProcess(flags_of(handle_in(arguments[2])));
    }
    if (job == "records") {
        return write_records(handle_in(arguments[2]), number_in(arguments[3]), number_in(arguments[4]), *arguments[5]);
    }
    if (job == "standard") { // the value of its output, and whether it can be closed so that the reader sees the end
        HANDLE const output = GetStdHandle(STD_OUTPUT_HANDLE);
        CloseHandle(output);
        HANDLE const wait = handle_in(arguments[2]);
        WaitForSingleObject(wait, INFINITE);
        ExitProcess(static_cast<UINT>(reinterpret_cast<ULONG_PTR>(output)));
    }
    if (job == "line") {
        DWORD written = 0;
        const char* const line = GetCommandLineA();
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, static_cast<DWORD>(lstrlenA(line)), &written, nullptr);
        return 0;
    }
    if (job == "talk") {
        return talk();
    }
    if (job == "die_writing") { // in the middle of a write that nobody reads
        std::vector<char> much(1U << 20U, 'x');
        DWORD written = 0;
        WriteFile(handle_in(arguments[2]), much.data(), static_cast<DWORD>(much.size()), &written, nullptr);
        return 1;
    }
    return 2;
}
