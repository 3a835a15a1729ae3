#include "event.hpp"
#include "last_error.hpp"
#include "named_pipe_server.hpp"
#include "pipe_end.hpp"
#include "table.hpp"

#include <algorithm>
#include <new>

namespace windpipe::win32 {

namespace {

constexpr DWORD known_modes = PIPE_NOWAIT | PIPE_READMODE_MESSAGE;

/// How much the kernel's pipe must hold so that `quota` bytes always fit: it counts in pages, and in the worst case
/// only half of each is used. 0: what it gives anyway is enough.
std::size_t capacity_for(std::size_t quota) {
    constexpr std::size_t given_anyway = 64UL * 1024;
    constexpr std::size_t most = 256UL * 1024 * 1024;
    const std::size_t needed = std::min(2 * quota + 4096, most);
    return needed > given_anyway ? needed : 0;
}

void set_if(LPDWORD where, DWORD value) {
    if (where != nullptr) {
        *where = value;
    }
}

BOOL create_pipe(HANDLE& reader, HANDLE& writer, DWORD inherit, DWORD size) {
    auto ends = make_pipe({.capacity = capacity_for(size)});
    if (!ends) {
        return fail(error_of(ends.error().code.value()));
    }
    auto page = shared_page::make(size);
    if (page == nullptr) {
        return fail_with_errno();
    }
    auto read = std::make_unique<read_end>(std::move(ends->reader), read_end_access, page);
    auto write = std::make_unique<write_end>(std::move(ends->writer), write_end_access, page);
    read->flags = inherit;
    write->flags = inherit;
    HANDLE const first = install(std::move(read));
    HANDLE const second = first != nullptr ? install(std::move(write)) : nullptr;
    if (second == nullptr) {
        (void)remove(first);
        return FALSE;
    }
    reader = first;
    writer = second;
    return TRUE;
}

/// A named pipe if it has these rights. *Returns*: none with the last error set.
named_pipe* named_with(const use& found, ACCESS_MASK rights) {
    auto* const named = found.as<named_pipe>(kind::named_pipe);
    if (named != nullptr && !named->allows(rights)) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return named;
}

/// The pipe end behind a handle if it has these rights. *Returns*: none with the last error set.
pipe_end* end_of(const use& found, ACCESS_MASK rights) {
    if (!found || (found->what() != kind::read_end && found->what() != kind::write_end)) {
        fail(ERROR_INVALID_HANDLE);
        return nullptr;
    }
    if (!found->allows(rights)) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return static_cast<pipe_end*>(&*found);
}

BOOL peek_named(named_pipe& end, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD total, LPDWORD left) {
    DWORD copied = 0;
    DWORD available = 0;
    const DWORD code = end.allows(FILE_READ_DATA) ? end.peek(buffer, size, copied, available) : ERROR_ACCESS_DENIED;
    if (code != 0) {
        return fail(code);
    }
    set_if(read, copied);
    set_if(total, available);
    set_if(left, 0U - copied);
    return TRUE;
}

BOOL peek(read_end& end, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD total, LPDWORD left) {
    const DWORD state = end.is_disconnected() ? DWORD{ERROR_PIPE_NOT_CONNECTED} : end.state();
    if (state != 0 && state != ERROR_NO_DATA) {
        return fail(state);
    }
    DWORD copied = 0;
    if (buffer != nullptr && size > 0 && state == 0) {
        const auto outcome = end.end().peek({static_cast<std::byte*>(buffer), size});
        if (!outcome) {
            return fail(error_of(outcome.error().code.value()));
        }
        copied = static_cast<DWORD>(*outcome);
    }
    set_if(read, copied);
    set_if(total, static_cast<DWORD>(end.in_pipe()));
    set_if(left, 0U - copied); // so it is for a pipe without messages, whatever is documented
    return TRUE;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize) {
    if (hReadPipe == nullptr || hWritePipe == nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    *hReadPipe = *hWritePipe = INVALID_HANDLE_VALUE;
    const bool inherit = lpPipeAttributes != nullptr && lpPipeAttributes->bInheritHandle != FALSE;
    try {
        return create_pipe(*hReadPipe, *hWritePipe, inherit ? HANDLE_FLAG_INHERIT : 0, nSize);
    } catch (const std::bad_alloc&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

BOOL WINAPI PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize, LPDWORD lpBytesRead,
                          LPDWORD lpTotalBytesAvail, LPDWORD lpBytesLeftThisMessage) {
    const use found(hNamedPipe);
    if (named_pipe* const named = found.as<named_pipe>(kind::named_pipe)) {
        return peek_named(*named, lpBuffer, nBufferSize, lpBytesRead, lpTotalBytesAvail, lpBytesLeftThisMessage);
    }
    const pipe_end* const end = end_of(found, 0);
    if (end == nullptr) {
        return FALSE;
    }
    if (end->what() != kind::read_end || !end->allows(FILE_READ_DATA)) {
        return fail(ERROR_ACCESS_DENIED);
    }
    return peek(*found.as<read_end>(kind::read_end), lpBuffer, nBufferSize, lpBytesRead, lpTotalBytesAvail,
                lpBytesLeftThisMessage);
}

BOOL WINAPI GetNamedPipeInfo(HANDLE hNamedPipe, LPDWORD lpFlags, LPDWORD lpOutBufferSize, LPDWORD lpInBufferSize,
                             LPDWORD lpMaxInstances) {
    const use found(hNamedPipe);
    if (found && found->what() == kind::named_pipe) {
        const named_pipe* const named = named_with(found, FILE_READ_ATTRIBUTES);
        if (named == nullptr) {
            return FALSE;
        }
        const named_pipe_server* const server = named->server();
        set_if(lpFlags, server != nullptr ? PIPE_SERVER_END : PIPE_CLIENT_END);
        set_if(lpOutBufferSize, server != nullptr ? server->output_size : 0);
        set_if(lpInBufferSize, server != nullptr ? server->input_size : 0);
        set_if(lpMaxInstances, server != nullptr ? server->most : PIPE_UNLIMITED_INSTANCES);
        return TRUE;
    }
    const pipe_end* const end = end_of(found, FILE_READ_ATTRIBUTES);
    if (end == nullptr) {
        return FALSE;
    }
    set_if(lpFlags, end->what() == kind::read_end ? PIPE_SERVER_END : PIPE_CLIENT_END);
    set_if(lpOutBufferSize, end->size());
    set_if(lpInBufferSize, end->size());
    set_if(lpMaxInstances, 1);
    return TRUE;
}

BOOL WINAPI GetNamedPipeHandleStateW(HANDLE hNamedPipe, LPDWORD lpState, LPDWORD lpCurInstances,
                                     LPDWORD lpMaxCollectionCount, LPDWORD lpCollectDataTimeout, LPWSTR lpUserName,
                                     DWORD /*nMaxUserNameSize*/) {
    const use found(hNamedPipe);
    const bool is_named = found && found->what() == kind::named_pipe;
    const named_pipe* const named = is_named ? named_with(found, FILE_READ_ATTRIBUTES) : nullptr;
    const pipe_end* const end = !is_named ? end_of(found, FILE_READ_ATTRIBUTES) : nullptr;
    if (named == nullptr && end == nullptr) {
        return FALSE;
    }
    if (lpMaxCollectionCount != nullptr || lpCollectDataTimeout != nullptr) {
        return fail(ERROR_INVALID_PARAMETER); // they exist for remote pipes only
    }
    if (lpUserName != nullptr) {
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    set_if(lpState, end != nullptr && end->is_nowait() ? PIPE_NOWAIT : PIPE_WAIT);
    set_if(lpCurInstances, named != nullptr && named->server() != nullptr ? named->server()->instances() : 1);
    return TRUE;
}

BOOL WINAPI GetNamedPipeHandleStateA(HANDLE hNamedPipe, LPDWORD lpState, LPDWORD lpCurInstances,
                                     LPDWORD lpMaxCollectionCount, LPDWORD lpCollectDataTimeout, LPSTR lpUserName,
                                     DWORD nMaxUserNameSize) {
    WCHAR unused = 0;
    return GetNamedPipeHandleStateW(hNamedPipe, lpState, lpCurInstances, lpMaxCollectionCount, lpCollectDataTimeout,
                                    lpUserName != nullptr ? &unused : nullptr, nMaxUserNameSize);
}

BOOL WINAPI SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode, LPDWORD lpMaxCollectionCount,
                                    LPDWORD lpCollectDataTimeout) {
    if (lpMode != nullptr && (*lpMode & ~known_modes) != 0) { // before the handle is looked at
        return fail(ERROR_INVALID_PARAMETER);
    }
    const use found(hNamedPipe);
    if (found && found->what() == kind::named_pipe) {
        if (lpMaxCollectionCount != nullptr || lpCollectDataTimeout != nullptr) {
            return fail(ERROR_INVALID_PARAMETER);
        }
        named_pipe* const named = named_with(found, FILE_WRITE_ATTRIBUTES);
        const DWORD code = named != nullptr && named->server() == nullptr ? named->trouble() : 0;
        if (named == nullptr || code != 0) {
            return named == nullptr ? FALSE : fail(code);
        }
        if (lpMode != nullptr && (*lpMode & PIPE_READMODE_MESSAGE) != 0) {
            return fail(ERROR_INVALID_PARAMETER);
        }
        return lpMode == nullptr || *lpMode == PIPE_WAIT ? TRUE : fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    const pipe_end* const end = end_of(found, FILE_WRITE_ATTRIBUTES);
    if (end == nullptr) {
        return FALSE;
    }
    if (lpMode != nullptr && (*lpMode & PIPE_READMODE_MESSAGE) != 0) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if (lpMaxCollectionCount != nullptr || lpCollectDataTimeout != nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    return lpMode == nullptr || end->set_nowait((*lpMode & PIPE_NOWAIT) != 0) ? TRUE : fail_with_errno();
}

BOOL WINAPI ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped) {
    const use found(hNamedPipe);
    if (named_pipe* const named = found.as<named_pipe>(kind::named_pipe)) {
        const call_with scope(lpOverlapped);
        reset_event(lpOverlapped != nullptr ? lpOverlapped->hEvent : nullptr);
        const DWORD code = named->connect();
        if (code != 0) {
            return fail(code);
        }
        tell(lpOverlapped, 0);
        return TRUE;
    }
    const pipe_end* const end = end_of(found, 0);
    if (end == nullptr) {
        return FALSE;
    }
    if (end->what() == kind::write_end) {
        return fail(ERROR_INVALID_FUNCTION);
    }
    return fail(end->is_disconnected() ? ERROR_PIPE_NOT_CONNECTED : ERROR_PIPE_CONNECTED);
}

BOOL WINAPI DisconnectNamedPipe(HANDLE hNamedPipe) {
    const use found(hNamedPipe);
    if (named_pipe* const named = found.as<named_pipe>(kind::named_pipe)) {
        const DWORD code = named->disconnect();
        return code == 0 ? TRUE : fail(code);
    }
    pipe_end* const end = end_of(found, 0);
    if (end == nullptr) {
        return FALSE;
    }
    if (end->what() == kind::write_end) {
        return fail(ERROR_INVALID_FUNCTION);
    }
    if (end->page() == nullptr) {
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    end->page()->disconnect();
    return TRUE;
}

BOOL WINAPI TransactNamedPipe(HANDLE hNamedPipe, LPVOID /*lpInBuffer*/, DWORD /*nInBufferSize*/, LPVOID /*lpOutBuffer*/,
                              DWORD /*nOutBufferSize*/, LPDWORD /*lpBytesRead*/, LPOVERLAPPED /*lpOverlapped*/) {
    const use found(hNamedPipe);
    if (found.as<named_pipe>(kind::named_pipe) == nullptr && end_of(found, 0) == nullptr) {
        return FALSE;
    }
    return fail(found->allows(FILE_READ_DATA | FILE_WRITE_DATA) ? ERROR_BAD_PIPE : ERROR_ACCESS_DENIED);
}

} // extern "C"
