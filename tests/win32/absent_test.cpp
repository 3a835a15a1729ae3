// What the layer does not offer fails with ERROR_CALL_NOT_IMPLEMENTED: the table of its README, and nothing silently.
#include "win32/tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <io.h>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace windpipe_test;

namespace {

/// What the calls need: made once, and never closed.
struct usual {
    pipe_handles pipe;
    HANDLE job = CreateJobObject(nullptr, nullptr);
    HANDLE section = CreateFileMapping(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr);
    HANDLE named = CreateNamedPipeA(name().c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, nullptr);
    HANDLE made = nullptr;
    DWORD value = PIPE_NOWAIT;
    BOOL flag = FALSE;
    char text[64] = {};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    STARTUPINFOA start{};
    PROCESS_INFORMATION started{};
    BYTE attributes[256] = {};

    usual() {
        limits.BasicLimitInformation.LimitFlags = 0x8; // JOB_OBJECT_LIMIT_ACTIVE_PROCESS
        start.cb = sizeof(start);
        SIZE_T size = sizeof(attributes);
        EXPECT_TRUE(InitializeProcThreadAttributeList(list(), 1, 0, &size));
    }
    LPPROC_THREAD_ATTRIBUTE_LIST list() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(attributes); }
    static std::string name() { return R"(\\.\pipe\windpipe-absent-)" + std::to_string(::getpid()); }
    HANDLE open(DWORD access, DWORD disposition, DWORD flags, HANDLE from = nullptr) const {
        return CreateFileA("/dev/null", access, 0, nullptr, disposition, flags, from);
    }
    static HANDLE serve(DWORD open_mode, DWORD pipe_mode) {
        return CreateNamedPipeA((name() + "-other").c_str(), open_mode, pipe_mode, 1, 0, 0, 0, nullptr);
    }
    BOOL run(DWORD flags, WORD reserved = 0) {
        start.cbReserved2 = reserved;
        return CreateProcessA("/bin/true", nullptr, nullptr, nullptr, FALSE, flags, nullptr, nullptr, &start, &started);
    }
    BOOL add(DWORD_PTR attribute) {
        return UpdateProcThreadAttribute(list(), 0, attribute, &made, sizeof(made), nullptr, nullptr);
    }
    BOOL limit(int what, DWORD size) {
        return SetInformationJobObject(job, static_cast<JOBOBJECTINFOCLASS>(what), &limits, size);
    }
    DWORD message(DWORD flags) { return FormatMessageA(flags, "%1", 5, 0, text, sizeof(text), nullptr); }
};
usual& u() {
    static auto* const all = new usual;
    return *all;
}

DWORD WINAPI nothing(LPVOID /*parameter*/) { return 0; }
bool is_none(HANDLE made) { return made == nullptr || made == INVALID_HANDLE_VALUE; }

struct absent {
    const char* function;
    bool (*fails)();
};
#define ABSENT(function, condition)                                                                                    \
    absent {                                                                                                           \
        #function, [] { return condition; }                                                                            \
    }

constexpr std::array table{
    ABSENT(CreateFile, is_none(u().open(GENERIC_READ, OPEN_EXISTING, FILE_FLAG_OVERLAPPED))),
    ABSENT(CreateFile, is_none(u().open(GENERIC_READ, OPEN_EXISTING, 0x00200000))), // FILE_FLAG_OPEN_REPARSE_POINT
    ABSENT(CreateFile, is_none(u().open(MAXIMUM_ALLOWED, OPEN_EXISTING, 0))),
    ABSENT(CreateFile, is_none(u().open(GENERIC_READ, OPEN_ALWAYS, 0, u().pipe.reader))),
    ABSENT(CreateFile,
           is_none(CreateFileA(usual::name().c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0x40000000, nullptr))),
    ABSENT(CreateNamedPipe, is_none(usual::serve(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE))),
    ABSENT(CreateNamedPipe, is_none(usual::serve(PIPE_ACCESS_DUPLEX, PIPE_READMODE_MESSAGE))),
    ABSENT(CreateNamedPipe, is_none(usual::serve(PIPE_ACCESS_DUPLEX, PIPE_NOWAIT))),
    ABSENT(CreateNamedPipe, is_none(usual::serve(PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0))),
    ABSENT(CreateNamedPipe, is_none(usual::serve(PIPE_ACCESS_DUPLEX | 0x01000000, 0))), // ACCESS_SYSTEM_SECURITY
    ABSENT(SetNamedPipeHandleState, !SetNamedPipeHandleState(u().named, &u().value, nullptr, nullptr)),
    ABSENT(GetNamedPipeHandleState,
           !GetNamedPipeHandleStateA(u().pipe.reader, nullptr, nullptr, nullptr, nullptr, u().text, 8)),
    ABSENT(CreateIoCompletionPort, is_none(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0))),
    ABSENT(DuplicateHandle, !DuplicateHandle(GetCurrentProcess(), u().job, GetCurrentProcess(), &u().made, 0, 0, 8)),
    ABSENT(DuplicateHandle,
           !DuplicateHandle(GetCurrentProcess(), u().job, GetCurrentProcess(), &u().made, MAXIMUM_ALLOWED, FALSE, 0)),
    ABSENT(CreateProcess, !u().run(DEBUG_PROCESS)),
    ABSENT(CreateProcess, !u().run(DEBUG_ONLY_THIS_PROCESS)),
    ABSENT(CreateProcess, !u().run(0x00040000)), // CREATE_PROTECTED_PROCESS
    ABSENT(CreateProcess, !u().run(0x00000040)), // IDLE_PRIORITY_CLASS
    ABSENT(CreateProcess, !u().run(0, 8)),
    ABSENT(UpdateProcThreadAttribute, !u().add(0x00020000)), // PROC_THREAD_ATTRIBUTE_PARENT_PROCESS
    ABSENT(UpdateProcThreadAttribute, !u().add(0x0002000D)), // PROC_THREAD_ATTRIBUTE_JOB_LIST
    ABSENT(CreateThread, is_none(CreateThread(nullptr, 0, nothing, nullptr, 0x1, nullptr))),
    ABSENT(CreateEvent, is_none(CreateEventA(nullptr, TRUE, FALSE, "name"))),
    ABSENT(CreateEvent, is_none(CreateEventW(nullptr, TRUE, FALSE, L"name"))),
    ABSENT(CreateMutex, is_none(CreateMutexA(nullptr, FALSE, "name"))),
    ABSENT(CreateSemaphore, is_none(CreateSemaphoreA(nullptr, 0, 1, "name"))),
    ABSENT(CreateJobObject, is_none(CreateJobObjectA(nullptr, "name"))),
    ABSENT(CreateFileMapping,
           is_none(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, "name"))),
    ABSENT(CreateFileMapping,
           is_none(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_EXECUTE_READ, 0, 4096, nullptr))),
    ABSENT(CreateFileMapping, is_none(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | 0x4000000, 0,
                                                         4096, nullptr))),                       // SEC_RESERVE
    ABSENT(MapViewOfFile, MapViewOfFile(u().section, FILE_MAP_READ | 0x20, 0, 0, 0) == nullptr), // FILE_MAP_EXECUTE
    ABSENT(SetInformationJobObject, !u().limit(JobObjectExtendedLimitInformation, sizeof(u().limits))),
    ABSENT(SetInformationJobObject, !u().limit(7, 16)), // JobObjectAssociateCompletionPortInformation
    ABSENT(AssignProcessToJobObject, !AssignProcessToJobObject(u().job, GetCurrentProcess())),
    ABSENT(IsProcessInJob, !IsProcessInJob(GetCurrentProcess(), nullptr, &u().flag)),
    ABSENT(FormatMessage, u().message(FORMAT_MESSAGE_FROM_HMODULE) == 0),
    ABSENT(FormatMessage, u().message(FORMAT_MESSAGE_FROM_SYSTEM | 40) == 0),
    ABSENT(FormatMessage, u().message(FORMAT_MESSAGE_FROM_SYSTEM | 0x8000) == 0),
    ABSENT(GetModuleFileName, GetModuleFileNameA(reinterpret_cast<HMODULE>(&u()), u().text, 64) == 0),
    ABSENT(HeapAlloc, HeapAlloc(GetProcessHeap(), 0x10, 8) == nullptr),
    ABSENT(HeapReAlloc, HeapReAlloc(GetProcessHeap(), 0x10, u().text, 8) == nullptr), // HEAP_REALLOC_IN_PLACE_ONLY
    ABSENT(MessageBox, MessageBoxA(nullptr, "a question", "absent_test", 4) == 0),    // MB_YESNO
};

TEST(win32_absent, each_value_fails_with_120) {
    for (const absent& row : table) {
        SetLastError(1234);
        EXPECT_TRUE(row.fails()) << row.function;
        EXPECT_EQ(GetLastError(), DWORD{ERROR_CALL_NOT_IMPLEMENTED}) << row.function << ", row " << &row - table.data();
    }
}

TEST(win32_absent, the_readme_tells_the_same_calls) {
    std::ifstream readme(WINDPIPE_WIN32_README);
    std::set<std::string> told;
    bool is_there = false;
    for (std::string line; std::getline(readme, line);) {
        is_there = line.starts_with("#") ? line == "### Values that fail with 120" : is_there;
        const std::string calls = is_there && line.starts_with("| `") ? line.substr(0, line.find(" | ")) : "";
        static const std::regex name("`(\\w+)`");
        for (auto found = std::sregex_iterator(calls.begin(), calls.end(), name); found != std::sregex_iterator();
             ++found) {
            told.insert((*found)[1]);
        }
    }
    std::set<std::string> tested;
    std::ranges::transform(table, std::inserter(tested, tested.end()), &absent::function);
    EXPECT_EQ(told, tested);
}

TEST(win32_absent, what_windows_calls_wrong_is_not_called_absent) {
    EXPECT_TRUE(is_none(usual::serve(PIPE_ACCESS_DUPLEX, 0x40)));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    EXPECT_TRUE(is_none(CreateFileMapping(INVALID_HANDLE_VALUE, nullptr, PAGE_NOACCESS, 0, 4096, nullptr)));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    EXPECT_FALSE(u().add(0xcafe));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_NOT_SUPPORTED});
    u().limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE; // an extended one
    EXPECT_FALSE(u().limit(JobObjectBasicLimitInformation, sizeof(JOBOBJECT_BASIC_LIMIT_INFORMATION)));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    EXPECT_EQ(MultiByteToWideChar(CP_UTF8, 0x2, "x", 1, nullptr, 0), 0); // MB_COMPOSITE
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_FLAGS});
    EXPECT_EQ(WideCharToMultiByte(CP_UTF8, 0x200, L"x", 1, nullptr, 0, nullptr, nullptr), 0);
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_FLAGS});
}

TEST(win32_files, are_made_as_they_are_asked_for) {
    const std::string path = testing::TempDir() + "windpipe-absent-" + std::to_string(::getpid());
    HANDLE const made = CreateFileA(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                    FILE_ATTRIBUTE_READONLY | FILE_FLAG_WRITE_THROUGH, nullptr);
    ASSERT_NE(made, INVALID_HANDLE_VALUE) << GetLastError();
    DWORD count = 0;
    EXPECT_TRUE(WriteFile(made, "text", 4, &count, nullptr)) << "read only from the next time on";
    const int descriptor = _open_osfhandle(reinterpret_cast<intptr_t>(made), 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFL) & O_DSYNC, 0);
    EXPECT_EQ(_open_osfhandle(reinterpret_cast<intptr_t>(made), _O_APPEND), -1);
    EXPECT_EQ(_close(descriptor), 0);
    struct stat about{};
    EXPECT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0222U, 0U);
    EXPECT_TRUE(is_none(CreateFileA(path.c_str(), GENERIC_READ, 0, nullptr, TRUNCATE_EXISTING, 0, nullptr)));
    EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    EXPECT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_size, 4) << "truncated all the same";
    EXPECT_TRUE(DeleteFileA(path.c_str()));
}

} // namespace
