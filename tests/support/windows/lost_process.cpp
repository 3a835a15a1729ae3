#include "support/lost_process.hpp"

#include <windows.h>

bool windpipe_test::is_lost_process(const windpipe::error& failure) {
    const bool is_wine = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
    return is_wine && failure.code == std::error_code(ERROR_INTERNAL_ERROR, std::system_category());
}
