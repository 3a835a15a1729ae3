#include "attribute_list.hpp"

#include "last_error.hpp"

using namespace windpipe::win32;

namespace {

/// Whether Windows may know the attribute: a small number and what kind it is. Source: ProcThreadAttributeValue.
bool is_of_windows(DWORD_PTR attribute) {
    constexpr DWORD_PTR kinds = 0x00070000; // of a thread, an input, additive
    constexpr DWORD_PTR most = 0x20;
    return (attribute & kinds) != 0 && (attribute & ~kinds) < most;
}

} // namespace

extern "C" {

BOOL WINAPI InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList, DWORD dwAttributeCount,
                                              DWORD dwFlags, PSIZE_T lpSize) {
    if (lpSize == nullptr || dwFlags != 0) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    const SIZE_T needed = sizeof(_PROC_THREAD_ATTRIBUTE_LIST);
    const SIZE_T given = *lpSize;
    *lpSize = needed;
    if (lpAttributeList == nullptr || given < needed) {
        return fail(ERROR_INSUFFICIENT_BUFFER);
    }
    *lpAttributeList = {dwAttributeCount, 0, nullptr, 0};
    return TRUE;
}

BOOL WINAPI UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList, DWORD dwFlags, DWORD_PTR Attribute,
                                      PVOID lpValue, SIZE_T cbSize, PVOID lpPreviousValue, PSIZE_T lpReturnSize) {
    if (lpAttributeList == nullptr || dwFlags != 0 || lpPreviousValue != nullptr || lpReturnSize != nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if (Attribute != PROC_THREAD_ATTRIBUTE_HANDLE_LIST) {
        return fail(is_of_windows(Attribute) ? ERROR_CALL_NOT_IMPLEMENTED : ERROR_NOT_SUPPORTED);
    }
    if (lpAttributeList->handles != nullptr) {
        return fail(ERROR_OBJECT_NAME_EXISTS);
    }
    if (lpAttributeList->count == lpAttributeList->most) {
        return fail(ERROR_GEN_FAILURE);
    }
    if (lpValue == nullptr || cbSize == 0 || cbSize % sizeof(HANDLE) != 0) {
        return fail(ERROR_BAD_LENGTH);
    }
    // As on Windows, the handles are looked up when a process is created: they must live until then.
    lpAttributeList->handles = static_cast<const HANDLE*>(lpValue);
    lpAttributeList->handle_count = cbSize / sizeof(HANDLE);
    ++lpAttributeList->count;
    return TRUE;
}

VOID WINAPI DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList) {
    if (lpAttributeList != nullptr) {
        *lpAttributeList = {0, 0, nullptr, 0};
    }
}

} // extern "C"
