#include "descriptors.hpp"
#include "file.hpp"
#include "inherited.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "named_pipe.hpp"
#include "named_pipe_names.hpp"
#include "text.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

struct device {
    const char* name;
    const char* path;
};
constexpr std::array devices{device{"NUL", "/dev/null"}, device{"CON", "/dev/tty"}, device{"CONIN$", "/dev/tty"},
                             device{"CONOUT$", "/dev/tty"}};

// The others of Windows are not offered. What these hints ask for has no other effect than speed, and the attributes
// besides "read only" none at all: no call of the layer tells them.
constexpr DWORD known_flags = FILE_FLAG_WRITE_THROUGH | FILE_FLAG_NO_BUFFERING | FILE_FLAG_RANDOM_ACCESS |
                              FILE_FLAG_SEQUENTIAL_SCAN | FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_BACKUP_SEMANTICS |
                              FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                              FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_TEMPORARY;

const char* device_of(const std::string& name) {
    const char* const plain = name.starts_with("\\\\.\\") ? name.c_str() + 4 : name.c_str();
    for (const device& known : devices) {
        if (::strcasecmp(plain, known.name) == 0) {
            return known.path;
        }
    }
    return nullptr;
}

/// The flags of open(2); -1 with the last error set.
int creation_flags(DWORD disposition) {
    switch (disposition) {
    case CREATE_NEW:
        return O_CREAT | O_EXCL;
    case CREATE_ALWAYS:
        return O_CREAT | O_TRUNC;
    case OPEN_EXISTING:
        return 0;
    case OPEN_ALWAYS:
        return O_CREAT;
    case TRUNCATE_EXISTING:
        return O_TRUNC;
    default:
        fail(ERROR_INVALID_PARAMETER);
        return -1;
    }
}

int access_flags(ACCESS_MASK access) {
    const bool reads = (access & FILE_READ_DATA) != 0;
    const bool appends = (access & FILE_APPEND_DATA) != 0 && (access & FILE_WRITE_DATA) == 0;
    const bool writes = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    return (writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY) | (appends ? O_APPEND : 0);
}

HANDLE refused(DWORD code) {
    fail(code);
    return INVALID_HANDLE_VALUE;
}

/// open(2) says "no such file" also where a directory of the path is missing.
DWORD number_of_open(int code, const std::string& path) {
    const auto slash = path.rfind('/');
    const bool in_directory = slash == path.npos || ::access(path.substr(0, slash + 1).c_str(), F_OK) == 0;
    return code == ENOENT && !in_directory ? DWORD{ERROR_PATH_NOT_FOUND} : error_of(code);
}

HANDLE open_pipe(const std::string& name, DWORD access, const SECURITY_ATTRIBUTES* attributes) {
    const ACCESS_MASK rights = file(unique_handle(), 0).mapped(access) | SYNCHRONIZE | FILE_READ_ATTRIBUTES;
    auto made = open_named_pipe(name, rights);
    if (made == nullptr) {
        return INVALID_HANDLE_VALUE;
    }
    made->flags = inherit_flag(attributes);
    HANDLE const handle = install(std::move(made));
    return handle != nullptr ? handle : INVALID_HANDLE_VALUE;
}

HANDLE open_file(const std::string& name, DWORD access, const SECURITY_ATTRIBUTES* attributes, DWORD disposition,
                 DWORD flags) {
    if ((flags & ~known_flags) != 0 || (access & MAXIMUM_ALLOWED) != 0) {
        return refused(ERROR_CALL_NOT_IMPLEMENTED);
    }
    if (const std::string pipe = pipe_name(name); !pipe.empty()) {
        return open_pipe(pipe, access, attributes);
    }
    const char* const special = device_of(name);
    const std::string path = special != nullptr ? special : path_of(name);
    if (path.empty()) {
        return refused(ERROR_PATH_NOT_FOUND);
    }
    const ACCESS_MASK rights = file(unique_handle(), 0).mapped(access);
    const int creation = special != nullptr ? 0 : creation_flags(disposition);
    if (creation == -1) {
        return INVALID_HANDLE_VALUE;
    }
    if (creation == O_TRUNC && (rights & FILE_WRITE_DATA) == 0) { // open(2) truncates without it
        return refused(ERROR_INVALID_PARAMETER);
    }
    const bool existed = ::access(path.c_str(), F_OK) == 0;
    const mode_t by_umask = (flags & FILE_ATTRIBUTE_READONLY) != 0 ? 0444 : 0666;
    const int through = (flags & FILE_FLAG_WRITE_THROUGH) != 0 ? O_DSYNC : 0;
    unique_handle opened(
        ::open(path.c_str(), access_flags(rights) | creation | through | O_CLOEXEC | O_NOCTTY, by_umask));
    if (!opened) {
        return refused(number_of_open(errno, path));
    }
    struct stat about{};
    if (::fstat(opened.get(), &about) == 0 && S_ISDIR(about.st_mode) && (flags & FILE_FLAG_BACKUP_SEMANTICS) == 0) {
        return refused(ERROR_ACCESS_DENIED);
    }
    auto made = std::make_unique<file>(std::move(opened), rights | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                                       (flags & FILE_FLAG_DELETE_ON_CLOSE) != 0 ? path : std::string());
    made->flags = inherit_flag(attributes);
    HANDLE const handle = install(std::move(made));
    if (handle == nullptr) {
        return INVALID_HANDLE_VALUE;
    }
    if (disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS) { // the one success that says something
        SetLastError(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    }
    return handle;
}

/// The file on disk behind a handle. *Returns*: -1 with the last error set.
int disk_file(const use& found) {
    const file* const known = found.as<file>(kind::file);
    if (known == nullptr || known->type() != FILE_TYPE_DISK) {
        fail(found && (known != nullptr || found->what() == kind::read_end || found->what() == kind::write_end)
                 ? ERROR_INVALID_FUNCTION
                 : ERROR_INVALID_HANDLE);
        return -1;
    }
    return known->descriptor();
}

std::string temporary_directory() {
    const char* const told = std::getenv("TMPDIR");
    std::string path = told != nullptr && *told != 0 ? told : "/tmp";
    return path.back() == '/' ? path : path + '/';
}

/// *Returns*: the number in the name; 0 with the last error set.
UINT temporary_name(const std::string& directory, const std::string& prefix, UINT number, std::string& name) {
    const bool creates = number == 0;
    const auto named = [&](UINT value) {
        std::array<char, 16> digits{};
        (void)std::snprintf(digits.data(), digits.size(), "%x", value);
        return path_of(directory) + (directory.ends_with('/') || directory.ends_with('\\') ? "" : "/") +
               prefix.substr(0, 3) + digits.data() + ".tmp";
    };
    if (!creates) {
        name = named(number & 0xffff);
        return number & 0xffff;
    }
    UINT value = GetTickCount() & 0xffff;
    for (unsigned tries = 0; tries <= 0xffff; ++tries, value = (value + 1) & 0xffff) {
        name = named(value);
        const unique_handle made(value != 0 ? ::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600) : -1);
        if (made) {
            return value;
        }
        if (value != 0 && errno != EEXIST) {
            fail(errno == ENOENT || errno == ENOTDIR ? ERROR_DIRECTORY : error_of(errno));
            return 0;
        }
    }
    fail(ERROR_FILE_EXISTS);
    return 0;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD /*dwShareMode*/,
                          LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE hTemplateFile) {
    if (lpFileName == nullptr) {
        return refused(ERROR_PATH_NOT_FOUND);
    }
    if (hTemplateFile != nullptr && dwCreationDisposition != OPEN_EXISTING) { // there documented to be ignored
        return refused(ERROR_CALL_NOT_IMPLEMENTED);
    }
    try {
        return open_file(lpFileName, dwDesiredAccess, lpSecurityAttributes, dwCreationDisposition,
                         dwFlagsAndAttributes);
    } catch (const std::exception&) {
        return refused(ERROR_NOT_ENOUGH_MEMORY);
    }
}

HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                          LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE hTemplateFile) {
    if (lpFileName == nullptr) {
        return refused(ERROR_PATH_NOT_FOUND);
    }
    return CreateFileA(narrowed(lpFileName).c_str(), dwDesiredAccess, dwShareMode, lpSecurityAttributes,
                       dwCreationDisposition, dwFlagsAndAttributes, hTemplateFile);
}

BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize) {
    const use found(hFile);
    const int descriptor = disk_file(found);
    struct stat about{};
    if (descriptor == -1) {
        return FALSE;
    }
    if (lpFileSize == nullptr || ::fstat(descriptor, &about) != 0) {
        return lpFileSize == nullptr ? fail(ERROR_NOACCESS) : fail_with_errno();
    }
    lpFileSize->QuadPart = about.st_size;
    return TRUE;
}

DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh) {
    LARGE_INTEGER size{};
    if (GetFileSizeEx(hFile, &size) == FALSE) {
        return INVALID_FILE_SIZE;
    }
    if (lpFileSizeHigh != nullptr) {
        *lpFileSizeHigh = static_cast<DWORD>(size.u.HighPart);
    }
    return size.u.LowPart;
}

BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                             DWORD dwMoveMethod) {
    const use found(hFile);
    const int descriptor = disk_file(found);
    if (descriptor == -1) {
        return FALSE;
    }
    if (dwMoveMethod > FILE_END) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    constexpr std::array ways{SEEK_SET, SEEK_CUR, SEEK_END};
    const off_t place = ::lseek(descriptor, static_cast<off_t>(liDistanceToMove.QuadPart), ways[dwMoveMethod]);
    if (place == -1) {
        return fail(errno == EINVAL ? ERROR_NEGATIVE_SEEK : error_of(errno));
    }
    if (lpNewFilePointer != nullptr) {
        lpNewFilePointer->QuadPart = place;
    }
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh, DWORD dwMoveMethod) {
    LARGE_INTEGER distance{};
    distance.QuadPart = lDistanceToMove;
    if (lpDistanceToMoveHigh != nullptr) {
        distance.u.LowPart = static_cast<DWORD>(lDistanceToMove);
        distance.u.HighPart = *lpDistanceToMoveHigh;
    }
    LARGE_INTEGER place{};
    if (SetFilePointerEx(hFile, distance, &place, dwMoveMethod) == FALSE) {
        return INVALID_SET_FILE_POINTER;
    }
    if (lpDistanceToMoveHigh != nullptr) {
        *lpDistanceToMoveHigh = place.u.HighPart;
    }
    if (place.u.LowPart == INVALID_SET_FILE_POINTER) { // then the last error tells it from a failure
        SetLastError(NO_ERROR);
    }
    return place.u.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE hFile) {
    const use found(hFile);
    const int descriptor = disk_file(found);
    if (descriptor == -1) {
        return FALSE;
    }
    return ::ftruncate(descriptor, ::lseek(descriptor, 0, SEEK_CUR)) == 0 ? TRUE : fail_with_errno();
}

BOOL WINAPI DeleteFileA(LPCSTR lpFileName) {
    if (lpFileName == nullptr) {
        return fail(ERROR_PATH_NOT_FOUND);
    }
    const std::string path = path_of(lpFileName);
    return ::unlink(path.c_str()) == 0 ? TRUE : fail(number_of_open(errno, path));
}
BOOL WINAPI DeleteFileW(LPCWSTR lpFileName) {
    return lpFileName != nullptr ? DeleteFileA(narrowed(lpFileName).c_str()) : fail(ERROR_PATH_NOT_FOUND);
}

DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer) {
    return give_text(std::string_view(temporary_directory()), lpBuffer, nBufferLength);
}
DWORD WINAPI GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer) {
    return give_text(std::wstring_view(widened(temporary_directory())), lpBuffer, nBufferLength);
}

UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName) {
    if (lpPathName == nullptr || lpTempFileName == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return 0;
    }
    std::string name;
    const UINT number = temporary_name(lpPathName, lpPrefixString != nullptr ? lpPrefixString : "", uUnique, name);
    if (number != 0 && give_text(std::string_view(name), lpTempFileName, MAX_PATH) > name.size()) {
        fail(ERROR_BUFFER_OVERFLOW);
        return 0;
    }
    return number;
}
UINT WINAPI GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique, LPWSTR lpTempFileName) {
    char name[MAX_PATH] = {};
    const UINT number =
        lpPathName != nullptr && lpTempFileName != nullptr
            ? GetTempFileNameA(narrowed(lpPathName).c_str(), narrowed_or_empty(lpPrefixString).c_str(), uUnique, name)
            : static_cast<UINT>(fail(ERROR_INVALID_PARAMETER));
    if (number != 0) {
        (void)give_text(std::wstring_view(widened(name)), lpTempFileName, MAX_PATH);
    }
    return number;
}

} // extern "C"
