#include "last_error.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <malloc.h>

using namespace windpipe::win32;

namespace {

/// With its size in front, because malloc_usable_size() tells more than was asked for.
struct alignas(alignof(std::max_align_t)) head {
    std::size_t size;
};

void* allocate(std::size_t size, bool zeroed) {
    if (size > PTRDIFF_MAX - sizeof(head)) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
    void* const memory = zeroed ? std::calloc(1, sizeof(head) + size) : std::malloc(sizeof(head) + size);
    if (memory == nullptr) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
    auto* const front = static_cast<head*>(memory);
    front->size = size;
    return front + 1;
}

head* front_of(const void* memory) { return const_cast<head*>(static_cast<const head*>(memory)) - 1; }

void release(void* memory) {
    if (memory != nullptr) {
        std::free(front_of(memory));
    }
}

bool is_heap(HANDLE handle) { return handle == GetProcessHeap() || fail(ERROR_INVALID_HANDLE) != FALSE; }

} // namespace

extern "C" {

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes) { return allocate(uBytes, (uFlags & LMEM_ZEROINIT) != 0); }
HLOCAL WINAPI LocalFree(HLOCAL hMem) {
    release(hMem);
    return nullptr;
}
SIZE_T WINAPI LocalSize(HLOCAL hMem) {
    if (hMem == nullptr) {
        fail(ERROR_INVALID_HANDLE);
        return 0;
    }
    return front_of(hMem)->size;
}
HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes) { return LocalAlloc(uFlags, dwBytes); }
HGLOBAL WINAPI GlobalFree(HGLOBAL hMem) { return LocalFree(hMem); }

HANDLE WINAPI GetProcessHeap(VOID) {
    static int heap;
    return &heap;
}
LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes) {
    constexpr DWORD known = HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS | HEAP_ZERO_MEMORY;
    if (!is_heap(hHeap) || ((dwFlags & ~known) != 0 && fail(ERROR_CALL_NOT_IMPLEMENTED) == FALSE)) {
        return nullptr;
    }
    return allocate(dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0);
}
LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes) {
    if (lpMem == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return nullptr;
    }
    void* const larger = HeapAlloc(hHeap, dwFlags, dwBytes);
    if (larger != nullptr) {
        std::memcpy(larger, lpMem, front_of(lpMem)->size < dwBytes ? front_of(lpMem)->size : dwBytes);
        release(lpMem);
    }
    return larger;
}
SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD /*dwFlags*/, LPCVOID lpMem) {
    return is_heap(hHeap) && lpMem != nullptr ? front_of(lpMem)->size : static_cast<SIZE_T>(-1);
}
BOOL WINAPI HeapFree(HANDLE hHeap, DWORD /*dwFlags*/, LPVOID lpMem) {
    if (!is_heap(hHeap)) {
        return FALSE;
    }
    release(lpMem);
    return TRUE;
}

int WINAPI lstrlenA(LPCSTR lpString) { return lpString != nullptr ? static_cast<int>(std::strlen(lpString)) : 0; }
int WINAPI lstrlenW(LPCWSTR lpString) { return lpString != nullptr ? static_cast<int>(std::wcslen(lpString)) : 0; }
int WINAPI lstrcmpA(LPCSTR lpString1, LPCSTR lpString2) {
    return std::strcoll(lpString1 != nullptr ? lpString1 : "", lpString2 != nullptr ? lpString2 : "");
}
int WINAPI lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2) {
    return std::wcscoll(lpString1 != nullptr ? lpString1 : L"", lpString2 != nullptr ? lpString2 : L"");
}
LPSTR WINAPI lstrcpyA(LPSTR lpString1, LPCSTR lpString2) {
    return lpString1 != nullptr ? std::strcpy(lpString1, lpString2 != nullptr ? lpString2 : "") : nullptr;
}
LPWSTR WINAPI lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2) {
    return lpString1 != nullptr ? std::wcscpy(lpString1, lpString2 != nullptr ? lpString2 : L"") : nullptr;
}
LPSTR WINAPI lstrcatA(LPSTR lpString1, LPCSTR lpString2) {
    return lpString1 != nullptr ? std::strcat(lpString1, lpString2 != nullptr ? lpString2 : "") : nullptr;
}
LPWSTR WINAPI lstrcatW(LPWSTR lpString1, LPCWSTR lpString2) {
    return lpString1 != nullptr ? std::wcscat(lpString1, lpString2 != nullptr ? lpString2 : L"") : nullptr;
}

} // extern "C"
