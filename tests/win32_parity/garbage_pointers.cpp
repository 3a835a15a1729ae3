// Functions that take pointers, with NULL, where Windows does not fault either.
#include "garbage.hpp"

#include <array>

namespace parity {

namespace {

BOOL WINAPI never_added(DWORD /*event*/) { return FALSE; }

const std::array calls{
    CALLS_WITH_NULL(ERROR_PATH_NOT_FOUND, INVALID_HANDLE_VALUE, CreateFile, nullptr, GENERIC_READ, 0, nullptr,
                    OPEN_EXISTING, 0, nullptr),
    CALLS_WITH_NULL(ERROR_PATH_NOT_FOUND, FALSE, DeleteFile, nullptr),
    CALLS_WITH_NULL(ERROR_ENVVAR_NOT_FOUND, 0U, GetEnvironmentVariable, nullptr, nullptr, 0),
    CALLS_WITH_NULL(untouched, TRUE, FreeEnvironmentStrings, nullptr),
    CALLS_WITH_NULL(ERROR_INSUFFICIENT_BUFFER, 0U, GetModuleFileName, nullptr, nullptr, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, 0, MultiByteToWideChar, CP_UTF8, 0, nullptr, 1, nullptr, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, 0, MultiByteToWideChar, CP_UTF8, 0, "x", 1, nullptr, 1),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, 0, WideCharToMultiByte, CP_UTF8, 0, nullptr, 1, nullptr, 0, nullptr,
                   nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, 0, WideCharToMultiByte, CP_UTF8, 0, L"x", 1, nullptr, 1, nullptr, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, SetConsoleCtrlHandler, never_added, FALSE),
    CALL_WITH_NULL(ERROR_INVALID_ADDRESS, FALSE, UnmapViewOfFile, nullptr),
    CALL_WITH_NULL(untouched, nullptr, LocalFree, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_HANDLE, 0U, LocalSize, nullptr),
    CALL_WITH_NULL(untouched, nullptr, GlobalFree, nullptr),
    CALL_WITH_NULL(untouched, TRUE, HeapFree, GetProcessHeap(), 0, nullptr),
    CALLS_WITH_NULL(untouched, 0, lstrcmp, nullptr, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, ReadFileEx, usual::the().event, nullptr, 0, nullptr, nullptr),
};

TEST(win32_garbage, no_call_crashes_on_null) {
    for (const null_call& call : all_null_calls()) {
        SetLastError(untouched);
        const bool as_expected = call.returns();
        const DWORD error = GetLastError();
        EXPECT_TRUE((as_expected && error == call.error) || deviates(call.function))
            << call.function << (as_expected ? "" : " returns something else") << ", error " << error;
    }
}

} // namespace

std::vector<null_call> all_null_calls() {
    std::vector<null_call> all(calls.begin(), calls.end());
    all.insert(all.end(), null_calls_here().begin(), null_calls_here().end());
    return all;
}

} // namespace parity
