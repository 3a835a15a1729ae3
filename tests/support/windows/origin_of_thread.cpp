// origin_of_thread.cpp - the start address of a thread, and whose it is.
#include "origin_of_thread.hpp"

#include <windows.h>

#include <winternl.h>

#include <array>

namespace windpipe_test::detail {

namespace {
constexpr auto win32_start_address = static_cast<THREADINFOCLASS>(9); // ThreadQuerySetWin32StartAddress
}

std::string origin_of_thread(unsigned long id) {
    const HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
    void* start = nullptr;
    NtQueryInformationThread(thread, win32_start_address, &start, sizeof(start), nullptr);
    CloseHandle(thread);
    HMODULE module = nullptr;
    std::array<char, MAX_PATH> path{};
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       static_cast<LPCWSTR>(start), &module);
    if (module == nullptr || GetModuleFileNameA(module, path.data(), static_cast<DWORD>(path.size())) == 0) {
        return "an unknown module";
    }
    const std::string name = path.data();
    return name.substr(name.find_last_of("\\/") + 1);
}

} // namespace windpipe_test::detail
