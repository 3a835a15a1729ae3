// Types have the size, and structures the layout, that the headers of mingw-w64 give them: this is compiled against
// both. WCHAR is not here: it is what L"" is made of, 4 bytes here and 2 there.
#include <windows.h>

#include <cstddef>
#include <type_traits>

#define SIZE(type, size) static_assert(sizeof(type) == (size))
#define AT(type, field, offset) static_assert(offsetof(type, field) == (offset))

SIZE(BOOL, 4);
SIZE(BYTE, 1);
SIZE(BOOLEAN, 1);
SIZE(WORD, 2);
SIZE(SHORT, 2);
SIZE(USHORT, 2);
SIZE(DWORD, 4);
SIZE(UINT, 4);
SIZE(INT, 4);
SIZE(LONG, 4);
SIZE(ULONG, 4);
SIZE(LONGLONG, 8);
SIZE(ULONGLONG, 8);
SIZE(LONG64, 8);
SIZE(DWORD64, 8);
SIZE(SIZE_T, 8);
SIZE(LONG_PTR, 8);
SIZE(ULONG_PTR, 8);
SIZE(DWORD_PTR, 8);
SIZE(INT_PTR, 8);
SIZE(HANDLE, 8);
SIZE(CHAR, 1);
SIZE(HRESULT, 4);
static_assert(std::is_signed_v<LONG> && std::is_unsigned_v<DWORD> && std::is_unsigned_v<ULONG> &&
              std::is_signed_v<BOOL>);
static_assert(std::is_unsigned_v<BYTE> && std::is_unsigned_v<WORD> && std::is_signed_v<LONG_PTR>);
static_assert(std::is_same_v<HANDLE, void*> && std::is_same_v<BOOL, int> && std::is_same_v<UINT, unsigned int>);
static_assert(std::is_same_v<LPSTR, char*> && std::is_same_v<LPCWSTR, const WCHAR*> && std::is_same_v<WCHAR, wchar_t>);

SIZE(SECURITY_ATTRIBUTES, 24);
AT(SECURITY_ATTRIBUTES, nLength, 0);
AT(SECURITY_ATTRIBUTES, lpSecurityDescriptor, 8);
AT(SECURITY_ATTRIBUTES, bInheritHandle, 16);

SIZE(OVERLAPPED, 32);
AT(OVERLAPPED, Internal, 0);
AT(OVERLAPPED, InternalHigh, 8);
AT(OVERLAPPED, Offset, 16);
AT(OVERLAPPED, OffsetHigh, 20);
AT(OVERLAPPED, Pointer, 16);
AT(OVERLAPPED, hEvent, 24);

SIZE(PROCESS_INFORMATION, 24);
AT(PROCESS_INFORMATION, hProcess, 0);
AT(PROCESS_INFORMATION, hThread, 8);
AT(PROCESS_INFORMATION, dwProcessId, 16);
AT(PROCESS_INFORMATION, dwThreadId, 20);

#define STARTUP(type)                                                                                                  \
    SIZE(type, 104);                                                                                                   \
    AT(type, cb, 0);                                                                                                   \
    AT(type, lpReserved, 8);                                                                                           \
    AT(type, lpDesktop, 16);                                                                                           \
    AT(type, lpTitle, 24);                                                                                             \
    AT(type, dwX, 32);                                                                                                 \
    AT(type, dwYCountChars, 52);                                                                                       \
    AT(type, dwFillAttribute, 56);                                                                                     \
    AT(type, dwFlags, 60);                                                                                             \
    AT(type, wShowWindow, 64);                                                                                         \
    AT(type, cbReserved2, 66);                                                                                         \
    AT(type, lpReserved2, 72);                                                                                         \
    AT(type, hStdInput, 80);                                                                                           \
    AT(type, hStdOutput, 88);                                                                                          \
    AT(type, hStdError, 96)
STARTUP(STARTUPINFOA);
STARTUP(STARTUPINFOW);
SIZE(STARTUPINFOEXA, 112);
SIZE(STARTUPINFOEXW, 112);
AT(STARTUPINFOEXA, lpAttributeList, 104);
AT(STARTUPINFOEXW, lpAttributeList, 104);

SIZE(FILETIME, 8);
SIZE(LARGE_INTEGER, 8);
SIZE(ULARGE_INTEGER, 8);
AT(LARGE_INTEGER, LowPart, 0);
AT(LARGE_INTEGER, HighPart, 4);
AT(LARGE_INTEGER, u.HighPart, 4);
AT(LARGE_INTEGER, QuadPart, 0);

SIZE(CRITICAL_SECTION, 40);
AT(CRITICAL_SECTION, LockCount, 8);
AT(CRITICAL_SECTION, RecursionCount, 12);
AT(CRITICAL_SECTION, OwningThread, 16);
AT(CRITICAL_SECTION, LockSemaphore, 24);
AT(CRITICAL_SECTION, SpinCount, 32);
SIZE(SRWLOCK, 8);
SIZE(CONDITION_VARIABLE, 8);
SIZE(IO_COUNTERS, 48);
SIZE(JOBOBJECT_BASIC_LIMIT_INFORMATION, 64);
AT(JOBOBJECT_BASIC_LIMIT_INFORMATION, LimitFlags, 16);
AT(JOBOBJECT_BASIC_LIMIT_INFORMATION, MinimumWorkingSetSize, 24);
AT(JOBOBJECT_BASIC_LIMIT_INFORMATION, ActiveProcessLimit, 40);
AT(JOBOBJECT_BASIC_LIMIT_INFORMATION, Affinity, 48);
SIZE(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, 144);
AT(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, IoInfo, 64);
AT(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, ProcessMemoryLimit, 112);
