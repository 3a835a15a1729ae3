#include "attribute_list.hpp"
#include "create_process.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "startup.hpp"
#include "text.hpp"

#include <algorithm>
#include <cstring>

namespace windpipe::win32 {

namespace {

constexpr DWORD known_flags = CREATE_SUSPENDED | DETACHED_PROCESS | CREATE_NEW_CONSOLE | NORMAL_PRIORITY_CLASS |
                              CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
                              CREATE_BREAKAWAY_FROM_JOB | CREATE_DEFAULT_ERROR_MODE | CREATE_NO_WINDOW;

std::string narrow(const char* text) { return text; }
std::string narrow(const WCHAR* text) { return narrowed(text); }

template <class Char>
std::optional<std::string> optional_text(const Char* text) {
    return text != nullptr ? std::optional(narrow(text)) : std::nullopt;
}

/// The variables of a block that ends with an empty one.
template <class Char>
std::vector<std::string> variables_of(const Char* block) {
    std::vector<std::string> list;
    while (*block != 0) {
        list.push_back(narrow(block));
        block += std::char_traits<Char>::length(block) + 1;
    }
    return list;
}

template <class Info, class Extended>
void take_streams(process_request& request, const Info& info) {
    request.gives_streams = (info.dwFlags & STARTF_USESTDHANDLES) != 0;
    request.streams[0] = info.hStdInput;
    request.streams[1] = info.hStdOutput;
    request.streams[2] = info.hStdError;
    if ((request.flags & EXTENDED_STARTUPINFO_PRESENT) != 0) {
        request.attributes = reinterpret_cast<const Extended&>(info).lpAttributeList;
    }
}

template <class Extended, class Char, class Info>
BOOL create(const Char* application, const Char* line, const SECURITY_ATTRIBUTES* process_attributes,
            const SECURITY_ATTRIBUTES* thread_attributes, BOOL inherits, DWORD flags, const void* environment,
            const Char* directory, const Info* info, PROCESS_INFORMATION* made) noexcept {
    if (info == nullptr || made == nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    *made = {};
    if ((flags & ~known_flags) != 0 ||
        info->cbReserved2 != 0) { // the latter: descriptors of the C library of Microsoft
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    if ((flags & EXTENDED_STARTUPINFO_PRESENT) != 0 && info->cb != sizeof(Extended)) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    try {
        process_request request;
        request.application = optional_text(application);
        request.command_line = optional_text(line);
        request.directory = optional_text(directory);
        if (environment != nullptr) {
            request.environment = (flags & CREATE_UNICODE_ENVIRONMENT) != 0
                                      ? variables_of(static_cast<const WCHAR*>(environment))
                                      : variables_of(static_cast<const char*>(environment));
        }
        request.inherits = inherits != FALSE;
        request.flags = flags;
        take_streams<Info, Extended>(request, *info);
        request.process_flags = inherit_flag(process_attributes);
        request.thread_flags = inherit_flag(thread_attributes);
        return create_process(request, *made);
    } catch (const std::exception&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

template <class Info>
void give_startup_info(Info* info) {
    if (info == nullptr) {
        return;
    }
    *info = {};
    info->cb = sizeof(Info);
    info->dwFlags = STARTF_USESTDHANDLES;
    info->hStdInput = standard_handle(0);
    info->hStdOutput = standard_handle(1);
    info->hStdError = standard_handle(2);
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

BOOL WINAPI CreateProcessA(LPCSTR lpApplicationName, LPSTR lpCommandLine, LPSECURITY_ATTRIBUTES lpProcessAttributes,
                           LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles, DWORD dwCreationFlags,
                           LPVOID lpEnvironment, LPCSTR lpCurrentDirectory, LPSTARTUPINFOA lpStartupInfo,
                           LPPROCESS_INFORMATION lpProcessInformation) {
    return create<STARTUPINFOEXA>(lpApplicationName, static_cast<const char*>(lpCommandLine), lpProcessAttributes,
                                  lpThreadAttributes, bInheritHandles, dwCreationFlags, lpEnvironment,
                                  lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}

BOOL WINAPI CreateProcessW(LPCWSTR lpApplicationName, LPWSTR lpCommandLine, LPSECURITY_ATTRIBUTES lpProcessAttributes,
                           LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles, DWORD dwCreationFlags,
                           LPVOID lpEnvironment, LPCWSTR lpCurrentDirectory, LPSTARTUPINFOW lpStartupInfo,
                           LPPROCESS_INFORMATION lpProcessInformation) {
    return create<STARTUPINFOEXW>(lpApplicationName, static_cast<const WCHAR*>(lpCommandLine), lpProcessAttributes,
                                  lpThreadAttributes, bInheritHandles, dwCreationFlags, lpEnvironment,
                                  lpCurrentDirectory, lpStartupInfo, lpProcessInformation);
}

VOID WINAPI GetStartupInfoA(LPSTARTUPINFOA lpStartupInfo) { give_startup_info(lpStartupInfo); }
VOID WINAPI GetStartupInfoW(LPSTARTUPINFOW lpStartupInfo) { give_startup_info(lpStartupInfo); }

} // extern "C"
