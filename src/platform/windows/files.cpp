#include "streams.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

#include <algorithm>

namespace windpipe::platform {

using kind = transfer_side::kind;

result<unique_handle> open_file(const std::string& path, stream_plan::source how) {
    return open_path(path, how, false, open_file_step);
}

result<transfer_side> side_of(native_handle handle, direction way) {
    ACCESS_MASK access = 0;
    if (handle == no_handle) { // to the system, this value is the process itself
        return sys::failed("transfer", ERROR_INVALID_HANDLE, "no handle");
    }
    if (!sys::query_access(handle, &access)) {
        return sys::failed("transfer");
    }
    if ((access & (way == direction::read ? FILE_READ_DATA : FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0) {
        return sys::refused("transfer", std::errc::invalid_argument,
                            way == direction::read ? "the handle is not open for reading"
                                                   : "the handle is not open for writing");
    }
    const DWORD type = sys::get_file_type(handle);
    if (type == FILE_TYPE_UNKNOWN) {
        const DWORD code = ::GetLastError();
        return sys::failed("transfer", code != NO_ERROR ? code : ERROR_NOT_SUPPORTED);
    }
    sys::pipe_facts facts{};
    if (type == FILE_TYPE_PIPE) { // as sockets are, which do not answer this
        if (!sys::query_pipe(handle, &facts)) {
            return sys::failed("transfer", ERROR_NOT_SUPPORTED, "it is a socket, for which there are recv and send");
        }
        thread_context::forget_ends(); // whose value it has may have been an end of the other kind
        return transfer_side{.handle = handle};
    }
    if (type == FILE_TYPE_CHAR && way == direction::read) {
        return sys::failed("transfer", ERROR_NOT_SUPPORTED, "a device cannot give back what it has given");
    }
    bool synchronous = true;
    if (type == FILE_TYPE_DISK && !sys::query_synchronous(handle, &synchronous)) {
        return sys::failed("transfer");
    }
    if (!synchronous) {
        return sys::failed("transfer", ERROR_NOT_SUPPORTED,
                           "a file opened with FILE_FLAG_OVERLAPPED has no position; open it without");
    }
    return transfer_side{.handle = handle, .what = kind::file};
}

// A file does not wait for anybody: there is nothing here to interrupt.

result<std::size_t> look(const transfer_side& from, std::span<std::byte> into, interruption& /*interrupted*/) {
    DWORD done = 0;
    if (!sys::read_next(from.handle, into.data(), static_cast<DWORD>(std::min(into.size(), longest_transfer)), &done)) {
        const DWORD code = ::GetLastError();
        return code == ERROR_HANDLE_EOF ? result<std::size_t>(0) : sys::failed("read", code);
    }
    return done;
}

result<void> take(const transfer_side& from, std::span<std::byte> seen, std::size_t count) {
    const auto too_far = static_cast<LONGLONG>(seen.size() - count);
    return too_far == 0 || sys::move_position(from.handle, -too_far) ? result<void>{} : sys::failed("read");
}

result<std::size_t> put(const transfer_side& to, const_buffer bytes, interruption& /*interrupted*/) {
    DWORD done = 0;
    if (!sys::write_next(to.handle, bytes.data(), static_cast<DWORD>(std::min(bytes.size(), longest_transfer)),
                         &done)) {
        return sys::failed("write");
    }
    if (done == 0) {
        return sys::failed("write", ERROR_DISK_FULL);
    }
    return done;
}

} // namespace windpipe::platform
