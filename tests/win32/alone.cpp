// alone.cpp - uses the layer in a process with one thread, where calls on a pipe of its own are those of the kernel:
// `win32_alone WAY [HELPER]`
//
// WAY:  there_and_back  writes and reads, until the end
//       full            writes more than fits, without waiting
//       readers         writes with the last reader gone, which would raise a signal
//       wrong           handles, rights and buffers that are none
//       shared          reads what HELPER, win32_helper, writes to the same pipe, and writes itself
//       short           writes to a pipe of which the kernel has less than its size
// Prints "as it should be" and exits 0, or what is wrong and exits 1; 77 where the process has more threads than one.
// A program of its own because the watchdog of a test is a thread, and so is the agent of a child of the layer.
#include <windows.h>

#include <cstdio>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/single_threaded.h>

namespace {

struct wrong {
    std::string what;
};

void expect(bool is_so, const std::string& what) {
    if (!is_so) {
        throw wrong{what};
    }
}

constexpr DWORD untouched = 1234;

struct ends {
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    explicit ends(DWORD size = 4096) {
        SECURITY_ATTRIBUTES inherited{sizeof(inherited), nullptr, TRUE};
        expect(CreatePipe(&read, &write, &inherited, size) != FALSE, "CreatePipe");
    }
};

void expect_outcome(const char* call, BOOL ok, DWORD count, DWORD error, DWORD expected) {
    const DWORD code = GetLastError();
    expect(ok == (error == untouched ? TRUE : FALSE) && code == error && count == expected,
           std::string(call) + ": error " + std::to_string(code) + ", count " + std::to_string(count) + " and not " +
               std::to_string(expected));
}

/// `error`: of the call; `untouched`: it succeeds.
void write(HANDLE to, std::string_view text, DWORD expected, DWORD error = untouched) {
    DWORD count = 77;
    SetLastError(untouched);
    const BOOL ok = WriteFile(to, text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
    expect_outcome("WriteFile", ok, count, error, expected);
}

void read(HANDLE from, DWORD most, std::string_view expected, DWORD error = untouched) {
    std::string text(most, '\0');
    DWORD count = 77;
    SetLastError(untouched);
    const BOOL ok = ReadFile(from, text.data(), most, &count, nullptr);
    expect_outcome("ReadFile", ok, count, error, static_cast<DWORD>(expected.size()));
    expect(text.substr(0, count) == expected, "other bytes were read");
}

void set_nowait(HANDLE end) {
    DWORD mode = PIPE_NOWAIT;
    expect(SetNamedPipeHandleState(end, &mode, nullptr, nullptr) != FALSE, "SetNamedPipeHandleState");
}

void there_and_back() {
    const ends pipe;
    for (const std::size_t size : {1U, 12U, 4096U}) {
        const std::string text(size, 'x');
        for (int i = 0; i < 100; ++i) {
            write(pipe.write, text, static_cast<DWORD>(size));
            read(pipe.read, 5000, text);
        }
    }
    write(pipe.write, "", 0);
    write(pipe.write, "abcdef", 6);
    read(pipe.read, 0, "");
    read(pipe.read, 2, "ab");
    expect(WriteFile(pipe.write, "g", 1, nullptr, nullptr) != FALSE, "WriteFile without a count");
    CloseHandle(pipe.write);
    read(pipe.read, 100, "cdefg");
    read(pipe.read, 100, "", ERROR_BROKEN_PIPE);
    read(pipe.read, 0, "", ERROR_BROKEN_PIPE);
    CloseHandle(pipe.read);
}

void write_full() {
    const ends pipe(100);
    set_nowait(pipe.write);
    set_nowait(pipe.read);
    read(pipe.read, 1, "", ERROR_NO_DATA);
    write(pipe.write, std::string(101, 'x'), 0);
    write(pipe.write, std::string(99, 'x'), 99);
    write(pipe.write, "yy", 0);
    write(pipe.write, "y", 1);
    read(pipe.read, 40, std::string(40, 'x'));
    write(pipe.write, std::string(41, 'z'), 0);
    write(pipe.write, std::string(40, 'z'), 40);
    read(pipe.read, 100, std::string(59, 'x') + 'y' + std::string(40, 'z'));
    read(pipe.read, 100, "", ERROR_NO_DATA);
}

void write_to_nobody() {
    const ends pipe;
    HANDLE second = nullptr;
    expect(DuplicateHandle(GetCurrentProcess(), pipe.read, GetCurrentProcess(), &second, 0, FALSE,
                           DUPLICATE_SAME_ACCESS) != FALSE,
           "DuplicateHandle");
    CloseHandle(pipe.read);
    write(pipe.write, "abc", 3);
    CloseHandle(second);
    write(pipe.write, "abc", 0, ERROR_NO_DATA);
    write(pipe.write, "", 0, ERROR_NO_DATA);
    write(pipe.write, std::string(10000, 'x'), 0, ERROR_NO_DATA);
}

void call_wrongly() {
    const ends pipe;
    write(pipe.write, "abc", 3);
    read(pipe.write, 1, "", ERROR_ACCESS_DENIED);
    write(pipe.read, "x", 0, ERROR_ACCESS_DENIED);
    HANDLE blind = nullptr;
    expect(DuplicateHandle(GetCurrentProcess(), pipe.read, GetCurrentProcess(), &blind, FILE_READ_ATTRIBUTES, FALSE, 0),
           "DuplicateHandle");
    read(blind, 1, "", ERROR_ACCESS_DENIED);
    DWORD count = 77;
    BOOL ok = WriteFile(pipe.write, nullptr, 1, &count, nullptr);
    expect_outcome("WriteFile", ok, count, ERROR_NOACCESS, 0);
    ok = ReadFile(pipe.read, nullptr, 1, &count, nullptr);
    expect_outcome("ReadFile", ok, count, ERROR_NOACCESS, 0);
    read(pipe.read, 10, "abc");
    CloseHandle(pipe.write);
    write(pipe.write, "x", 0, ERROR_INVALID_HANDLE);
    write(nullptr, "x", 0, ERROR_INVALID_HANDLE);
    read(INVALID_HANDLE_VALUE, 1, "", ERROR_INVALID_HANDLE);
}

void write_beside(const std::string& helper) {
    const ends pipe;
    write(pipe.write, "before", 6);
    read(pipe.read, 10, "before");
    const auto value = std::to_string(reinterpret_cast<ULONG_PTR>(pipe.write));
    std::string line = '"' + helper + "\" records " + value + " 5000 20 a";
    STARTUPINFOA info{};
    info.cb = sizeof(info);
    PROCESS_INFORMATION child{};
    expect(CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &info, &child) != FALSE,
           "CreateProcess");
    for (std::size_t left = std::size_t{5000} * 20; left > 0;) { // more than fits: they wait for us
        std::string text(9000, '\0');
        DWORD count = 0;
        expect(ReadFile(pipe.read, text.data(), 9000, &count, nullptr) != FALSE, "ReadFile");
        expect(text.substr(0, count) == std::string(count, 'a') && count <= left, "other bytes were read");
        left -= count;
    }
    expect(WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject");
    DWORD code = 77;
    expect(GetExitCodeProcess(child.hProcess, &code) != FALSE && code == 0, "the helper failed");
    write(pipe.write, "after", 5);
    read(pipe.read, 10, "after");
    CloseHandle(pipe.read);
    write(pipe.write, "x", 0, ERROR_NO_DATA);
}

void write_to_a_short_pipe() {
    constexpr DWORD size = 1U << 20U;
    constexpr int kept = 65536;
    const ends pipe(size);
    const int descriptor = static_cast<int>(reinterpret_cast<ULONG_PTR>(pipe.write) / 4 - 1);
    expect(::fcntl(descriptor, F_SETPIPE_SZ, kept) == kept, "F_SETPIPE_SZ");
    set_nowait(pipe.write);
    write(pipe.write, std::string(100'000, 'x'), kept);
    write(pipe.write, std::string(100'000, 'x'), 0);
    read(pipe.read, 100'000, std::string(kept, 'x'));
    write(pipe.write, "abc", 3);
    read(pipe.read, 100, "abc");
}

void use(std::string_view way, const std::string& helper) {
    if (way == "there_and_back") {
        there_and_back();
    } else if (way == "full") {
        write_full();
    } else if (way == "readers") {
        write_to_nobody();
    } else if (way == "wrong") {
        call_wrongly();
    } else if (way == "shared") {
        write_beside(helper);
    } else {
        write_to_a_short_pipe();
    }
}

} // namespace

int main(int count, char** words) {
    if (count < 2) {
        return 99;
    }
    if (__libc_single_threaded == 0) {
        return 77;
    }
    try {
        use(words[1], count > 2 ? words[2] : "");
        expect(__libc_single_threaded != 0, "a thread has been started: this was not what it shall test");
    } catch (const wrong& found) {
        std::printf("%s: %s\n", words[1], found.what.c_str());
        return 1;
    }
    std::puts("as it should be");
    return 0;
}
