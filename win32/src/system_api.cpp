#include "last_error.hpp"
#include "table.hpp"
#include "text.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <unistd.h>

using namespace windpipe::win32;

namespace {

/// Wants no window: nobody may be there to press its button.
int show(const std::string& text, const std::string& caption, UINT type) {
    (void)std::fprintf(stderr, "%s: %s\n", caption.c_str(), text.c_str());
    constexpr UINT choice = 0xf;
    return (type & choice) <= MB_OKCANCEL ? IDOK : fail(ERROR_CALL_NOT_IMPLEMENTED);
}

BOOL write_to_console(HANDLE console, const std::string& text, LPDWORD characters, DWORD count) {
    const use found(console);
    if (!found || ::isatty(found->descriptor()) == 0) {
        return fail(ERROR_INVALID_HANDLE);
    }
    DWORD written = 0;
    if (WriteFile(console, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) == FALSE) {
        return FALSE;
    }
    if (characters != nullptr) {
        *characters = count;
    }
    return TRUE;
}

} // namespace

extern "C" {

int WINAPI MessageBoxA(HWND /*hWnd*/, LPCSTR lpText, LPCSTR lpCaption, UINT uType) {
    return show(lpText != nullptr ? lpText : "", lpCaption != nullptr ? lpCaption : "Error", uType);
}
int WINAPI MessageBoxW(HWND /*hWnd*/, LPCWSTR lpText, LPCWSTR lpCaption, UINT uType) {
    return show(narrowed_or_empty(lpText), lpCaption != nullptr ? narrowed(lpCaption) : "Error", uType);
}

ULONGLONG WINAPI GetTickCount64(VOID) {
    timespec now{};
    (void)::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<ULONGLONG>(now.tv_sec) * 1000 + static_cast<ULONGLONG>(now.tv_nsec) / 1'000'000;
}
DWORD WINAPI GetTickCount(VOID) { return static_cast<DWORD>(GetTickCount64()); }

/// 100 ns, as on Windows.
BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER* lpPerformanceCount) {
    if (lpPerformanceCount == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    lpPerformanceCount->QuadPart = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() / 100;
    return TRUE;
}
BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER* lpFrequency) {
    if (lpFrequency == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    lpFrequency->QuadPart = 10'000'000;
    return TRUE;
}

BOOL WINAPI GetConsoleMode(HANDLE hConsoleHandle, LPDWORD lpMode) {
    const use found(hConsoleHandle);
    if (!found || ::isatty(found->descriptor()) == 0) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (lpMode != nullptr) {
        *lpMode = 0x7; // what a console begins with
    }
    return TRUE;
}
BOOL WINAPI WriteConsoleA(HANDLE hConsoleOutput, const VOID* lpBuffer, DWORD nNumberOfCharsToWrite,
                          LPDWORD lpNumberOfCharsWritten, LPVOID /*lpReserved*/) {
    const std::string text(lpBuffer != nullptr ? static_cast<const char*>(lpBuffer) : "",
                           lpBuffer != nullptr ? nNumberOfCharsToWrite : 0);
    return write_to_console(hConsoleOutput, text, lpNumberOfCharsWritten, nNumberOfCharsToWrite);
}
BOOL WINAPI WriteConsoleW(HANDLE hConsoleOutput, const VOID* lpBuffer, DWORD nNumberOfCharsToWrite,
                          LPDWORD lpNumberOfCharsWritten, LPVOID /*lpReserved*/) {
    const std::wstring_view text(lpBuffer != nullptr ? static_cast<const WCHAR*>(lpBuffer) : L"",
                                 lpBuffer != nullptr ? nNumberOfCharsToWrite : 0);
    return write_to_console(hConsoleOutput, narrowed(text), lpNumberOfCharsWritten, nNumberOfCharsToWrite);
}

} // extern "C"
