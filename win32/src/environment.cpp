#include "last_error.hpp"
#include "startup.hpp"
#include "text.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <strings.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

/// The name of a variable as it is there: Windows does not tell upper from lower case.
std::string spelled(const std::string& name) {
    if (std::getenv(name.c_str()) != nullptr) {
        return name;
    }
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        if (::strncasecmp(*one, name.c_str(), name.size()) == 0 && (*one)[name.size()] == '=') {
            return {*one, name.size()};
        }
    }
    return name;
}

std::optional<std::string> value_of(const std::string& name) {
    const char* const value = std::getenv(spelled(name).c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

BOOL set_variable(const std::string& name, const std::optional<std::string>& value) {
    if (name.empty() || name.find('=') != name.npos) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    const std::string known = spelled(name);
    const int outcome = value ? ::setenv(known.c_str(), value->c_str(), 1) : ::unsetenv(known.c_str());
    return outcome == 0 ? TRUE : fail_with_errno();
}

/// All variables, each with its NUL, and one more.
std::string block_of_variables() {
    std::string block;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        block.append(*one, std::strlen(*one) + 1);
    }
    return block.append(block.empty() ? 2 : 1, '\0');
}

template <class Char>
Char* allocated_copy(const std::basic_string<Char>& text) {
    auto* const copy = static_cast<Char*>(LocalAlloc(LMEM_FIXED, text.size() * sizeof(Char)));
    if (copy != nullptr) {
        text.copy(copy, text.size());
    }
    return copy;
}

std::string current_directory() {
    std::array<char, 4096> path{};
    return ::getcwd(path.data(), path.size()) != nullptr ? path.data() : "";
}

std::string own_path() {
    std::array<char, 4096> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    return {path.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

/// Calls that give text fail with 0, also for want of memory.
template <class Call>
DWORD text_call(const Call& call) noexcept {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
}

template <class Char>
DWORD give_variable(const std::optional<std::basic_string<Char>>& value, Char* buffer, DWORD size) {
    if (!value) {
        fail(ERROR_ENVVAR_NOT_FOUND);
        return 0;
    }
    return give_text(std::basic_string_view<Char>(*value), buffer, size);
}

/// GetModuleFileName gives what fits, and says that it is not all.
template <class Char>
DWORD give_path(std::basic_string<Char> path, Char* buffer, DWORD size) {
    if (buffer == nullptr || size == 0) {
        fail(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    if (path.size() >= size) {
        path.resize(size - 1);
        (void)give_text(std::basic_string_view<Char>(path), buffer, size);
        fail(ERROR_INSUFFICIENT_BUFFER);
        return size;
    }
    return give_text(std::basic_string_view<Char>(path), buffer, size);
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

LPSTR WINAPI GetCommandLineA(VOID) {
    static std::string line = own_command_line();
    return line.data();
}
LPWSTR WINAPI GetCommandLineW(VOID) {
    static std::wstring line = widened(own_command_line());
    return line.data();
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize) {
    return text_call(
        [&] { return give_variable(lpName != nullptr ? value_of(lpName) : std::nullopt, lpBuffer, nSize); });
}
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize) {
    return text_call([&] {
        const auto value = value_of(narrowed_or_empty(lpName));
        return give_variable(value ? std::optional(widened(*value)) : std::nullopt, lpBuffer, nSize);
    });
}
BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue) {
    return static_cast<BOOL>(text_call([&]() -> DWORD {
        return static_cast<DWORD>(set_variable(
            lpName != nullptr ? lpName : "", lpValue != nullptr ? std::optional<std::string>(lpValue) : std::nullopt));
    }));
}
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue) {
    return static_cast<BOOL>(text_call([&]() -> DWORD {
        return static_cast<DWORD>(set_variable(narrowed_or_empty(lpName),
                                               lpValue != nullptr ? std::optional(narrowed(lpValue)) : std::nullopt));
    }));
}
LPSTR WINAPI GetEnvironmentStringsA(VOID) { return allocated_copy(block_of_variables()); }
LPWSTR WINAPI GetEnvironmentStringsW(VOID) { return allocated_copy(widened(block_of_variables())); }
BOOL WINAPI FreeEnvironmentStringsA(LPSTR penv) {
    (void)LocalFree(penv);
    return TRUE;
}
BOOL WINAPI FreeEnvironmentStringsW(LPWSTR penv) {
    (void)LocalFree(penv);
    return TRUE;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer) {
    return text_call([&] { return give_text(std::string_view(current_directory()), lpBuffer, nBufferLength); });
}
DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer) {
    return text_call(
        [&] { return give_text(std::wstring_view(widened(current_directory())), lpBuffer, nBufferLength); });
}
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName) {
    if (lpPathName == nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    return ::chdir(path_of(lpPathName).c_str()) == 0 ? TRUE
                                                     : fail(errno == ENOTDIR ? ERROR_DIRECTORY : error_of(errno));
}
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName) {
    return lpPathName != nullptr ? SetCurrentDirectoryA(narrowed(lpPathName).c_str()) : fail(ERROR_INVALID_PARAMETER);
}

DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize) {
    if (hModule != nullptr) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
        return 0;
    }
    return text_call([&] { return give_path(own_path(), lpFilename, nSize); });
}
DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize) {
    if (hModule != nullptr) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
        return 0;
    }
    return text_call([&] { return give_path(widened(own_path()), lpFilename, nSize); });
}

} // extern "C"
