// system.cpp - streams, surroundings and signals by raw Win32 calls.
#include "system.hpp"
#include "windows/text.hpp"

#include <windows.h>

#include <array>
#include <cstdio>
#include <cstdlib>

// The C runtime of mingw expands wildcards in arguments unless told not to.
extern "C" int _dowildcard;
int _dowildcard = 0;

namespace {

std::vector<std::string> from_runtime;

LONG WINAPI end_with_exception_code(EXCEPTION_POINTERS* /*what*/) { return EXCEPTION_EXECUTE_HANDLER; }

HANDLE handle_of(child_system::stream which) {
    constexpr std::array<DWORD, 3> names{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    return GetStdHandle(names.at(static_cast<std::size_t>(which)));
}

BOOL WINAPI swallow(DWORD /*event*/) { return TRUE; }

BOOL WINAPI answer(DWORD /*event*/) {
    child_system::say(child_system::stream::out, "asked\n");
    ExitProcess(7);
}

const char* type_of(HANDLE handle) {
    switch (GetFileType(handle)) {
    case FILE_TYPE_PIPE:
        return "pipe";
    case FILE_TYPE_DISK:
        return "disk";
    case FILE_TYPE_CHAR:
        return "char";
    default:
        return "other";
    }
}

std::string name_of(HANDLE handle) {
    alignas(FILE_NAME_INFO) std::array<std::byte, 2048> space{};
    if (GetFileInformationByHandleEx(handle, FileNameInfo, space.data(), static_cast<DWORD>(space.size())) == 0) {
        return "-";
    }
    const auto* info = reinterpret_cast<const FILE_NAME_INFO*>(space.data());
    return child_system::narrow({info->FileName, info->FileNameLength / sizeof(wchar_t)});
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    // A crash must end the program with its code at once, without a window and without a debugger.
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    SetUnhandledExceptionFilter(end_with_exception_code);
    for (int index = 0; index < argc; ++index) {
        from_runtime.push_back(child_system::narrow(argv[index]));
    }
    return child_main(from_runtime);
}

namespace child_system {

std::string narrow(std::wstring_view wide) {
    std::string text;
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    for (std::size_t i = 0; i < wide.size(); ++i) {
        std::uint32_t c = wide[i];
        if (c >= 0xD800 && c <= 0xDBFF && i + 1 < wide.size() && wide[i + 1] >= 0xDC00 && wide[i + 1] <= 0xDFFF) {
            c = 0x10000U + ((c - 0xD800U) << 10U) + (wide[++i] - 0xDC00U);
        }
        if (c < 0x80) {
            put(c);
            continue;
        }
        if (c >= 0x10000) {
            put(0xF0U | (c >> 18U));
            put(0x80U | ((c >> 12U) & 0x3FU));
        } else if (c >= 0x800) {
            put(0xE0U | (c >> 12U));
        }
        put(c < 0x800 ? 0xC0U | (c >> 6U) : 0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
    return text;
}

moved read(stream from, char* into, std::size_t size) {
    DWORD count = 0;
    if (ReadFile(handle_of(from), into, static_cast<DWORD>(size), &count, nullptr) == 0) {
        const DWORD error = GetLastError();
        return {.error = error == ERROR_BROKEN_PIPE ? 0 : error};
    }
    return {.bytes = count};
}

moved write(stream to, const char* from, std::size_t size) {
    DWORD count = 0;
    if (WriteFile(handle_of(to), from, static_cast<DWORD>(size), &count, nullptr) == 0) {
        return {.error = GetLastError()};
    }
    return {.bytes = count};
}

bool write_to_number(std::uint64_t number, std::string_view text) {
    DWORD count = 0;
    auto* const handle = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(number));
    return WriteFile(handle, text.data(), static_cast<DWORD>(text.size()), &count, nullptr) != 0 &&
           count == text.size();
}

void close(stream which) { CloseHandle(handle_of(which)); }

std::uint64_t native_name(stream which) { return reinterpret_cast<std::uintptr_t>(handle_of(which)); }

std::vector<std::string> shell_arguments() {
    // Loaded by the one program that needs it: shell32 makes every start slower.
    using splitter = LPWSTR*(WINAPI*)(LPCWSTR, int*);
    HMODULE library = LoadLibraryW(L"shell32.dll");
    const FARPROC found = library != nullptr ? GetProcAddress(library, "CommandLineToArgvW") : nullptr;
    if (found == nullptr) {
        exit_with(98);
    }
    int count = 0;
    wchar_t** split = reinterpret_cast<splitter>(reinterpret_cast<void*>(found))(GetCommandLineW(), &count);
    std::vector<std::string> arguments;
    for (int index = 0; split != nullptr && index < count; ++index) {
        arguments.push_back(narrow(split[index]));
    }
    LocalFree(split);
    return arguments;
}

std::vector<std::string> environment() {
    std::vector<std::string> all;
    wchar_t* block = GetEnvironmentStringsW();
    for (const wchar_t* entry = block; entry != nullptr && *entry != 0; entry += std::wstring_view(entry).size() + 1) {
        all.push_back(narrow(entry));
    }
    FreeEnvironmentStringsW(block);
    return all;
}

std::string current_directory() {
    std::wstring path(32768, L'\0');
    path.resize(GetCurrentDirectoryW(static_cast<DWORD>(path.size()), path.data()));
    return narrow(path);
}

std::string open_handles() {
    std::string lines;
    for (std::uintptr_t value = 4; value <= 0x4000; value += 4) {
        auto* const handle = reinterpret_cast<HANDLE>(value);
        DWORD flags = 0;
        if (GetHandleInformation(handle, &flags) == 0) {
            continue;
        }
        const std::string type = type_of(handle);
        const bool named = type == "pipe" || type == "disk";
        lines.append(std::to_string(value)).append(" ").append(type).append(" ").append(std::to_string(flags));
        lines.append(" ").append(named ? name_of(handle) : "-").append("\n");
    }
    return lines;
}

std::string process_ids() { return std::to_string(GetCurrentProcessId()) + " 0 0 0\n"; }

std::string signal_state() { return "none\n"; }

void exit_with(std::uint32_t code) { ExitProcess(code); }

void die_by_signal(int /*number*/) {
    RaiseException(static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION), EXCEPTION_NONCONTINUABLE, 0, nullptr);
    ExitProcess(99);
}

void block_for_ever() {
    for (;;) {
        Sleep(INFINITE);
    }
}

std::uint64_t processor_milliseconds() {
    FILETIME started{}, ended{}, kernel{}, user{};
    GetProcessTimes(GetCurrentProcess(), &started, &ended, &kernel, &user);
    const auto ticks = [](const FILETIME& time) {
        return (static_cast<std::uint64_t>(time.dwHighDateTime) << 32U) | time.dwLowDateTime;
    };
    return (ticks(kernel) + ticks(user)) / 10'000U;
}

void pause_microseconds(unsigned count) { Sleep((count + 999U) / 1000U); }

void ignore_requests_to_end() { SetConsoleCtrlHandler(swallow, TRUE); }

void obey_requests_to_end() { SetConsoleCtrlHandler(answer, TRUE); }

void catch_broken_pipe() {}

bool broken_pipe_was_caught() { return false; }

} // namespace child_system
