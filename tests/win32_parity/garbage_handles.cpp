// Every function that takes a handle, with what is none, and with a handle of another kind.
#include "garbage.hpp"

#include <array>

namespace parity {

usual::usual()
    : event(parity::event()), job(CreateJobObjectA(nullptr, nullptr)), process(duplicate(INVALID_HANDLE_VALUE)) {
    pending.Internal = STATUS_PENDING;
}

usual& usual::the() {
    static usual all;
    return all;
}

namespace {

usual& u() { return usual::the(); }
VOID WINAPI completed(DWORD /*error*/, DWORD /*transferred*/, LPOVERLAPPED /*overlapped*/) {}
VOID WINAPI queued(ULONG_PTR /*parameter*/) {}

constexpr unsigned pipes = read_end_kind | write_end_kind;
constexpr unsigned files = pipes | file_kind;
constexpr unsigned processes = process_kind | this_process_kind;
constexpr unsigned threads = thread_kind | this_thread_kind;
constexpr unsigned any = no_kind - 1;
constexpr unsigned no_file = this_process_kind | no_kind;
constexpr DWORD no_count = 0xffffffff;
constexpr DWORD same = DUPLICATE_SAME_ACCESS;
#define SELF GetCurrentProcess()

const std::array calls{
    CALL_WITH_HANDLE(files, FALSE, ReadFile, h, u().bytes, 8, &u().count, nullptr),
    CALL_WITH_HANDLE(files, FALSE, WriteFile, h, u().bytes, 8, &u().count, nullptr),
    CALL_WITH_HANDLE(files, FALSE, ReadFileEx, h, u().bytes, 8, &u().pending, completed),
    CALL_WITH_HANDLE(files, FALSE, WriteFileEx, h, u().bytes, 8, &u().pending, completed),
    CALL_WITH_HANDLE(files, FALSE, FlushFileBuffers, h),
    CALL_WITH_HANDLE(files, DWORD{FILE_TYPE_UNKNOWN}, GetFileType, h),
    CALL_WITH_HANDLE(files, no_count, GetFileSize, h, nullptr),
    CALL_WITH_HANDLE(files, FALSE, GetFileSizeEx, h, &u().large),
    CALL_WITH_HANDLE(files, no_count, SetFilePointer, h, 0, nullptr, FILE_BEGIN),
    CALL_WITH_HANDLE(files, FALSE, SetFilePointerEx, h, u().large, nullptr, FILE_BEGIN),
    CALL_WITH_HANDLE(files, FALSE, SetEndOfFile, h),
    CALL_WITH_HANDLE(files, FALSE, CancelIo, h),
    CALL_WITH_HANDLE(files, FALSE, CancelIoEx, h, nullptr),
    CALL_WITH_HANDLE(threads, FALSE, CancelSynchronousIo, h),
    CALL_WITH_HANDLE(any, FALSE, GetOverlappedResult, h, &u().pending, &u().count, TRUE),
    CALL_WITH_HANDLE(any, FALSE, GetOverlappedResultEx, h, &u().pending, &u().count, 1, FALSE),
    CALL_WITH_HANDLE(files | this_process_kind, nullptr, CreateIoCompletionPort, h, nullptr, 0, 0),
    CALL_WITH_HANDLE(files, FALSE, PeekNamedPipe, h, nullptr, 0, nullptr, nullptr, nullptr),
    CALL_WITH_HANDLE(files, FALSE, GetNamedPipeInfo, h, nullptr, nullptr, nullptr, nullptr),
    CALL_WITH_HANDLE(files, FALSE, GetNamedPipeHandleStateA, h, &u().count, nullptr, nullptr, nullptr, nullptr, 0),
    CALL_WITH_HANDLE(files, FALSE, GetNamedPipeHandleStateW, h, &u().count, nullptr, nullptr, nullptr, nullptr, 0),
    CALL_WITH_HANDLE(files, FALSE, SetNamedPipeHandleState, h, &u().mode, nullptr, nullptr),
    CALL_WITH_HANDLE(files, FALSE, ConnectNamedPipe, h, nullptr),
    CALL_WITH_HANDLE(files, FALSE, DisconnectNamedPipe, h),
    CALL_WITH_HANDLE(files, FALSE, TransactNamedPipe, h, u().bytes, 8, u().bytes, 8, &u().count, nullptr),
    CALL_WITH_HANDLE(0, FALSE, GetConsoleMode, h, &u().count),
    CALL_WITH_HANDLE(0, FALSE, WriteConsoleA, h, "x", 1, &u().count, nullptr),
    CALL_WITH_HANDLE(0, FALSE, WriteConsoleW, h, L"x", 1, &u().count, nullptr),
    CALL_WITH_HANDLE(files | no_file, nullptr, CreateFileMappingA, h, nullptr, PAGE_READONLY, 0, 0, nullptr),
    CALL_WITH_HANDLE(files | no_file, nullptr, CreateFileMappingW, h, nullptr, PAGE_READONLY, 0, 0, nullptr),
    CALL_WITH_HANDLE(section_kind, nullptr, MapViewOfFile, h, FILE_MAP_READ, 0, 0, 0),
    CALL_WITH_HANDLE(any, FALSE, CloseHandle, h),
    CALL_WITH_HANDLE(any, FALSE, GetHandleInformation, h, &u().count),
    CALL_WITH_HANDLE(any, FALSE, SetHandleInformation, h, 0, 0),
    CALL_WITH_HANDLE(any, FALSE, DuplicateHandle, SELF, h, SELF, &u().made, 0, FALSE, same),
    CALL_WITH_HANDLE(processes, FALSE, DuplicateHandle, h, u().event, SELF, &u().made, 0, FALSE, same),
    CALL_WITH_HANDLE(processes, FALSE, DuplicateHandle, SELF, u().event, h, &u().made, 0, FALSE, same),
    CALL_WITH_HANDLE(any, WAIT_FAILED, WaitForSingleObject, h, 0),
    CALL_WITH_HANDLE(any, WAIT_FAILED, WaitForSingleObjectEx, h, 0, TRUE),
    CALL_WITH_HANDLE(any, WAIT_FAILED, WaitForMultipleObjects, 1, &h, TRUE, 0),
    CALL_WITH_HANDLE(any, WAIT_FAILED, WaitForMultipleObjectsEx, 1, &h, FALSE, 0, TRUE),
    CALL_WITH_HANDLE(event_kind, FALSE, SetEvent, h),
    CALL_WITH_HANDLE(event_kind, FALSE, ResetEvent, h),
    CALL_WITH_HANDLE(mutex_kind, FALSE, ReleaseMutex, h),
    CALL_WITH_HANDLE(semaphore_kind, FALSE, ReleaseSemaphore, h, 1, nullptr),
    CALL_WITH_HANDLE(processes, FALSE, TerminateProcess, h, 1),
    CALL_WITH_HANDLE(processes, FALSE, GetExitCodeProcess, h, &u().count),
    CALL_WITH_HANDLE(processes, 0U, GetProcessId, h),
    CALL_WITH_HANDLE(threads, FALSE, GetExitCodeThread, h, &u().count),
    CALL_WITH_HANDLE(threads, 0U, GetThreadId, h),
    CALL_WITH_HANDLE(threads, no_count, ResumeThread, h),
    CALL_WITH_HANDLE(threads, 0U, QueueUserAPC, queued, h, 0),
    CALL_WITH_HANDLE(job_kind, FALSE, AssignProcessToJobObject, h, u().process),
    CALL_WITH_HANDLE(processes, FALSE, AssignProcessToJobObject, u().job, h),
    CALL_WITH_HANDLE(job_kind, FALSE, SetInformationJobObject, h, JobObjectExtendedLimitInformation, &u().limits,
                     sizeof u().limits),
    CALL_WITH_HANDLE(job_kind, FALSE, TerminateJobObject, h, 1),
    CALL_WITH_HANDLE(processes, FALSE, IsProcessInJob, h, u().job, &u().flag),
    CALL_WITH_HANDLE(job_kind | no_kind, FALSE, IsProcessInJob, u().process, h, &u().flag), // NULL: any job
};

/// One handle of each kind.
class every_kind {
public:
    every_kind()
        : file_(CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr)),
          mutex_(CreateMutexA(nullptr, FALSE, nullptr)), semaphore_(CreateSemaphoreA(nullptr, 0, 1, nullptr)),
          thread_(duplicate(GetCurrentThread())),
          section_(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr)) {}

    struct one {
        kinds kind;
        HANDLE handle;
    };
    [[nodiscard]] std::vector<one> all() const {
        return {{read_end_kind, pipe_.read}, {write_end_kind, pipe_.write},
                {file_kind, file_},          {event_kind, u().event},
                {mutex_kind, mutex_},        {semaphore_kind, semaphore_},
                {process_kind, u().process}, {this_process_kind, INVALID_HANDLE_VALUE},
                {thread_kind, thread_},      {this_thread_kind, GetCurrentThread()},
                {section_kind, section_},    {job_kind, u().job},
                {no_kind, nullptr}};
    }

private:
    ends pipe_;
    owned file_, mutex_, semaphore_, thread_, section_;
};

testing::AssertionResult refuses(const handle_call& call, HANDLE handle) {
    SetLastError(untouched);
    const bool fails = call.fails(handle);
    const DWORD error = GetLastError();
    return (fails && error == ERROR_INVALID_HANDLE ? testing::AssertionSuccess() : testing::AssertionFailure())
           << call.function << '(' << handle << ") " << (fails ? "fails" : "does not fail") << ", error " << error;
}

TEST(win32_garbage, no_call_takes_what_is_no_handle) {
    // The highest of many: other threads, which make handles, too, get one of the lower.
    HANDLE const stale = std::vector<ends>(32).back().read;
    const auto value = [](std::uintptr_t number) { return reinterpret_cast<HANDLE>(number); };
    for (const handle_call& call : all_handle_calls()) {
        for (const std::uintptr_t garbage : {std::uintptr_t{0x1234567C}, std::uintptr_t{0x12345679}, std::uintptr_t{3},
                                             std::uintptr_t{0x123456781234567C}, static_cast<std::uintptr_t>(-8)}) {
            EXPECT_TRUE(refuses(call, value(garbage)));
        }
        EXPECT_TRUE(refuses(call, stale));
        EXPECT_TRUE(refuses(call, value(reinterpret_cast<std::uintptr_t>(stale) + 3)));
    }
}

TEST(win32_garbage, no_call_takes_a_handle_of_another_kind) {
    const every_kind every;
    for (const handle_call& call : all_handle_calls()) {
        for (const auto& [kind, handle] : every.all()) {
            const bool let_pass = deviates(call.function) || (kind == section_kind && deviates("section_kind"));
            EXPECT_TRUE((call.takes & kind) != 0 || let_pass || refuses(call, handle));
        }
    }
}

} // namespace

std::vector<handle_call> all_handle_calls() {
    std::vector<handle_call> all(calls.begin(), calls.end());
    all.insert(all.end(), handle_calls_here().begin(), handle_calls_here().end());
    return all;
}

} // namespace parity
