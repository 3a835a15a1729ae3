// native.cpp - GetHandleInformation, NtQueryInformationFile and the like on a handle.
#include "support/native.hpp"

#include <windows.h>

#include <winternl.h>

#include <array>
#include <system_error>

namespace windpipe_test {

namespace {

constexpr auto file_mode_information = static_cast<FILE_INFORMATION_CLASS>(16);
constexpr ULONG synchronous_io = 0x10 | 0x20; // FILE_SYNCHRONOUS_IO_ALERT, FILE_SYNCHRONOUS_IO_NONALERT

void check(bool succeeded, const char* what) {
    if (!succeeded) {
        throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
    }
}

} // namespace

bool is_open(windpipe::native_handle handle) {
    DWORD flags = 0;
    return GetHandleInformation(handle, &flags) != 0;
}

bool is_inheritable(windpipe::native_handle handle) {
    DWORD flags = 0;
    check(GetHandleInformation(handle, &flags) != 0, "GetHandleInformation");
    return (flags & HANDLE_FLAG_INHERIT) != 0;
}

bool is_synchronous(windpipe::native_handle handle) {
    IO_STATUS_BLOCK status{};
    ULONG mode = 0;
    if (NtQueryInformationFile(handle, &status, &mode, sizeof(mode), file_mode_information) < 0) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument), "NtQueryInformationFile");
    }
    return (mode & synchronous_io) != 0;
}

bool is_pipe(windpipe::native_handle handle) {
    DWORD flags = 0;
    return GetFileType(handle) == FILE_TYPE_PIPE && GetNamedPipeInfo(handle, &flags, nullptr, nullptr, nullptr) != 0 &&
           (flags & PIPE_TYPE_MESSAGE) == 0;
}

std::string identity(windpipe::native_handle handle) {
    alignas(FILE_NAME_INFO) std::array<std::byte, 2048> space{};
    check(GetFileInformationByHandleEx(handle, FileNameInfo, space.data(), static_cast<DWORD>(space.size())) != 0,
          "FileNameInfo");
    const auto* info = reinterpret_cast<const FILE_NAME_INFO*>(space.data());
    std::string name;
    for (std::size_t index = 0; index < info->FileNameLength / sizeof(WCHAR); ++index) {
        name.push_back(static_cast<char>(info->FileName[index])); // names of pipes are ASCII
    }
    return name;
}

windpipe::native_handle closed_handle() {
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    std::array<HANDLE, 64> later{};
    for (HANDLE& handle : later) { // so that the value is a high one, which is not taken again at once
        handle = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    }
    const HANDLE last = later.back();
    for (const HANDLE handle : later) {
        CloseHandle(handle);
    }
    CloseHandle(event);
    return last;
}

windpipe::unique_handle scratch_file() {
    std::array<wchar_t, MAX_PATH + 1> folder{};
    std::array<wchar_t, MAX_PATH + 1> path{};
    check(GetTempPathW(static_cast<DWORD>(folder.size()), folder.data()) != 0, "GetTempPathW");
    check(GetTempFileNameW(folder.data(), L"wp", 0, path.data()) != 0, "GetTempFileNameW");
    const HANDLE file = CreateFileW(path.data(), GENERIC_READ | GENERIC_WRITE | DELETE, 0, nullptr, CREATE_ALWAYS,
                                    FILE_FLAG_DELETE_ON_CLOSE, nullptr);
    check(file != INVALID_HANDLE_VALUE, "CreateFileW");
    return windpipe::unique_handle(file);
}

void set_position(windpipe::native_handle file, std::size_t position) {
    LARGE_INTEGER distance{};
    distance.QuadPart = static_cast<LONGLONG>(position);
    check(SetFilePointerEx(file, distance, nullptr, FILE_BEGIN) != 0, "SetFilePointerEx");
}

windpipe::unique_handle inheritable_copy(windpipe::native_handle handle) {
    HANDLE copy = nullptr;
    check(DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS) != 0,
          "DuplicateHandle");
    return windpipe::unique_handle(copy);
}

void set_environment(const char* name, const char* value) {
    const BOOL done = SetEnvironmentVariableA(name, value);
    check(done != 0 || (value == nullptr && GetLastError() == ERROR_ENVVAR_NOT_FOUND), "SetEnvironmentVariable");
}

shared_memory::shared_memory(windpipe::native_handle memory, std::size_t size) {
    void* const made = MapViewOfFile(memory, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size);
    check(made != nullptr, "MapViewOfFile");
    bytes_ = {static_cast<std::byte*>(made), size};
}
shared_memory::~shared_memory() { UnmapViewOfFile(bytes_.data()); }

std::pair<windpipe::unique_handle, windpipe::unique_handle> plain_pipe() {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    check(CreatePipe(&reader, &writer, nullptr, 0) != 0, "CreatePipe");
    return {windpipe::unique_handle(reader), windpipe::unique_handle(writer)};
}

} // namespace windpipe_test
