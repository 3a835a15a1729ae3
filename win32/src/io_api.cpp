// The C library of Microsoft for descriptors. They are the kernel's own here, so that read(2) and the like work on
// them.
#include "io.h"

#include "descriptors.hpp"
#include "inherited.hpp"
#include "last_error.hpp"
#include "startup.hpp"
#include "table.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <new>

namespace windpipe::win32 {

namespace {

// Descriptors from _open_osfhandle own their handle: closing them closes it.
constinit std::mutex guard;
struct pairing {
    int descriptor;
    HANDLE handle;
};
std::vector<pairing>& pairings() {
    static auto* const all = new std::vector<pairing>;
    return *all;
}

int failed(int code) {
    errno = code;
    return -1;
}

/// What both transfers call a failure.
int number_of(DWORD code) { return code == ERROR_NOACCESS ? EINVAL : EBADF; }

/// Forgets a descriptor. *Returns*: the handle that it owns.
HANDLE forget(int descriptor) {
    const std::lock_guard lock(guard);
    for (pairing& one : pairings()) {
        if (one.descriptor == descriptor) {
            HANDLE const handle = one.handle;
            one = pairings().back();
            pairings().pop_back();
            return handle;
        }
    }
    return nullptr;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

extern "C" {

intptr_t _get_osfhandle(int fd) {
    if (fd >= STDIN_FILENO && fd <= STDERR_FILENO) {
        return reinterpret_cast<intptr_t>(standard_handle(static_cast<unsigned>(fd)));
    }
    {
        const std::lock_guard lock(guard);
        for (const pairing& one : pairings()) {
            if (one.descriptor == fd) {
                return reinterpret_cast<intptr_t>(one.handle);
            }
        }
    }
    const use known(handle_of(fd));
    if (known && known->descriptor() == fd) {
        return reinterpret_cast<intptr_t>(handle_of(fd));
    }
    return failed(EBADF);
}

int _open_osfhandle(intptr_t osfhandle, int flags) {
    if ((flags & _O_APPEND) != 0) { // what is open already cannot be told to
        return failed(EINVAL);
    }
    auto* const handle = reinterpret_cast<HANDLE>(osfhandle);
    const use found(handle);
    if (!found) {
        return failed(EBADF);
    }
    // The number of the handle itself: one descriptor for both, as there is one handle for both on Windows.
    try {
        const std::lock_guard lock(guard);
        pairings().push_back({found->descriptor(), handle});
    } catch (const std::bad_alloc&) {
        return failed(ENOMEM);
    }
    return found->descriptor();
}

int _pipe(int* pfds, unsigned int psize, int textmode) {
    if (pfds == nullptr) {
        return failed(EINVAL);
    }
    SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, (textmode & _O_NOINHERIT) == 0 ? TRUE : FALSE};
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    if (CreatePipe(&reader, &writer, &attributes, psize) == FALSE) {
        return failed(EMFILE);
    }
    pfds[0] = _open_osfhandle(reinterpret_cast<intptr_t>(reader), textmode);
    pfds[1] = _open_osfhandle(reinterpret_cast<intptr_t>(writer), textmode);
    return 0;
}

int _setmode(int fd, int /*mode*/) { return ::fcntl(fd, F_GETFD) != -1 ? _O_BINARY : failed(EBADF); }

int _read(int fd, void* buffer, unsigned int count) {
    DWORD done = 0;
    auto* const handle = reinterpret_cast<HANDLE>(_get_osfhandle(fd));
    if (ReadFile(handle, buffer, count, &done, nullptr) == FALSE) {
        const DWORD code = GetLastError();
        return code == ERROR_BROKEN_PIPE ? 0 : failed(code == ERROR_NO_DATA ? EAGAIN : number_of(code));
    }
    return static_cast<int>(done);
}

int _write(int fd, const void* buffer, unsigned int count) {
    DWORD done = 0;
    auto* const handle = reinterpret_cast<HANDLE>(_get_osfhandle(fd));
    if (WriteFile(handle, buffer, count, &done, nullptr) == FALSE) {
        const DWORD code = GetLastError();
        return failed(code == ERROR_BROKEN_PIPE || code == ERROR_NO_DATA ? EPIPE : number_of(code));
    }
    return static_cast<int>(done);
}

int _close(int fd) {
    HANDLE owned = forget(fd);
    if (const use known(handle_of(fd)); owned == nullptr && known && known->descriptor() == fd) {
        owned = handle_of(fd); // its number must not be freed while there is a handle of it
    }
    return owned != nullptr ? (CloseHandle(owned) != FALSE ? 0 : failed(EBADF)) : ::close(fd);
}

int _dup(int fd) {
    HANDLE copy = nullptr;
    auto* const handle = reinterpret_cast<HANDLE>(_get_osfhandle(fd));
    if (handle == INVALID_HANDLE_VALUE || // to DuplicateHandle that is this process
        DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS) ==
            FALSE) {
        return failed(EBADF);
    }
    return _open_osfhandle(reinterpret_cast<intptr_t>(copy), 0);
}

int _fileno(FILE* stream) { return stream != nullptr ? ::fileno(stream) : failed(EINVAL); }
int _isatty(int fd) { return ::isatty(fd); }

} // extern "C"
