#include "support/lost_process.hpp"

#include <windows.h>

namespace windpipe_test {

namespace {

bool is_wine() { return ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr; }

} // namespace

bool is_lost_process(const windpipe::error& failure) {
    return is_wine() && failure.code.category() != std::generic_category() &&
           failure.code.value() == ERROR_INTERNAL_ERROR;
}

bool keeps_handles_of_the_half_started() { return is_wine(); }

} // namespace windpipe_test
