#include "rows.hpp"

#include <ostream>

namespace parity {

std::ostream& operator<<(std::ostream& to, const outcome& what) {
    return to << (what.ok != FALSE ? "TRUE" : "FALSE") << ", error " << what.error << ", count " << what.count;
}

DWORD flags_of(HANDLE handle) {
    DWORD flags = 77;
    EXPECT_NE(GetHandleInformation(handle, &flags), FALSE);
    return flags;
}

ends::ends(DWORD size, BOOL inheritable) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, inheritable};
    if (CreatePipe(&read, &write, inheritable != FALSE ? &attributes : nullptr, size) == FALSE) {
        ADD_FAILURE() << "CreatePipe: error " << GetLastError();
    }
}

ends::~ends() {
    for (HANDLE const end : {read, write}) {
        if (end != nullptr) {
            CloseHandle(end);
        }
    }
}

outcome read_from(HANDLE from, std::string& into, DWORD most) {
    into.assign(most, '\0');
    outcome how{FALSE, 0, 77};
    SetLastError(untouched);
    how.ok = ReadFile(from, into.data(), most, &how.count, nullptr);
    how.error = GetLastError();
    into.resize(how.ok != FALSE ? how.count : 0);
    return how;
}

outcome write_to(HANDLE to, std::string_view text) {
    outcome how{FALSE, 0, 77};
    SetLastError(untouched);
    how.ok = WriteFile(to, text.data(), static_cast<DWORD>(text.size()), &how.count, nullptr);
    how.error = GetLastError();
    return how;
}

DWORD waiting_in(HANDLE reader) {
    DWORD count = 0;
    EXPECT_NE(PeekNamedPipe(reader, nullptr, 0, nullptr, &count, nullptr), FALSE) << GetLastError();
    return count;
}

void set_nowait(HANDLE end) {
    DWORD mode = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    EXPECT_NE(SetNamedPipeHandleState(end, &mode, nullptr, nullptr), FALSE) << GetLastError();
}

background::~background() {
    thread_.join();
    CloseHandle(started_);
    CloseHandle(handle_);
    CloseHandle(done_);
}

outcome background::result() {
    WaitForSingleObject(done_, INFINITE);
    return result_;
}

owned duplicate(HANDLE of, DWORD access, BOOL inheritable, DWORD options) {
    owned copy;
    if (DuplicateHandle(GetCurrentProcess(), of, GetCurrentProcess(), copy.out(), access, inheritable, options) ==
        FALSE) {
        ADD_FAILURE() << "DuplicateHandle: error " << GetLastError();
    }
    return copy;
}

} // namespace parity
