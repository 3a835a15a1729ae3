// tools.hpp - pipes, children and their ends, by the calls of the Win32 layer.
#pragma once

#include "support/children.hpp"

#include <windows.h>

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <string>

namespace windpipe_test {

struct pipe_handles {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    explicit pipe_handles(bool inherit = false, DWORD size = 0) {
        SECURITY_ATTRIBUTES attributes{sizeof(attributes), nullptr, inherit ? TRUE : FALSE};
        EXPECT_TRUE(CreatePipe(&reader, &writer, &attributes, size));
    }
    ~pipe_handles() {
        CloseHandle(reader);
        CloseHandle(writer);
    }
    pipe_handles(const pipe_handles&) = delete;
    pipe_handles& operator=(const pipe_handles&) = delete;
    void close_writer() {
        CloseHandle(writer);
        writer = nullptr;
    }
};

struct started {
    PROCESS_INFORMATION information{};
    explicit started(const std::string& line, STARTUPINFOA* start = nullptr, BOOL inherit = TRUE, DWORD flags = 0) {
        STARTUPINFOA plain{};
        plain.cb = sizeof(plain);
        std::string writable = line;
        EXPECT_TRUE(CreateProcessA(nullptr, writable.data(), nullptr, nullptr, inherit, flags, nullptr, nullptr,
                                   start != nullptr ? start : &plain, &information))
            << GetLastError();
    }
    ~started() {
        CloseHandle(information.hProcess);
        CloseHandle(information.hThread);
    }
    started(const started&) = delete;
    started& operator=(const started&) = delete;
    DWORD wait() {
        EXPECT_EQ(WaitForSingleObject(information.hProcess, INFINITE), WAIT_OBJECT_0);
        DWORD code = 0;
        EXPECT_TRUE(GetExitCodeProcess(information.hProcess, &code));
        return code;
    }
};

inline std::string helper(const std::string& words) { return '"' + child_program("win32_helper") + "\" " + words; }

inline std::string number(HANDLE handle) { return std::to_string(reinterpret_cast<std::uintptr_t>(handle)); }

inline std::string read_to_end(HANDLE reader) {
    std::string all;
    std::array<char, 65536> buffer{};
    DWORD got = 0;
    while (ReadFile(reader, buffer.data(), static_cast<DWORD>(buffer.size()), &got, nullptr) != FALSE) {
        all.append(buffer.data(), got);
    }
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BROKEN_PIPE));
    return all;
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for (int i = 0; i < 4096; ++i) {
        count += ::fcntl(i, F_GETFD) != -1 ? 1 : 0;
    }
    return count;
}

} // namespace windpipe_test
