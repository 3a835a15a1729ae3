#include "last_error.hpp"

#include <array>
#include <cerrno>

namespace windpipe::win32 {

namespace {

thread_local DWORD last_error = 0;

struct pairing {
    int code;
    DWORD number;
};
constexpr std::array pairings{
    pairing{ENOENT, ERROR_FILE_NOT_FOUND},
    pairing{ENOTDIR, ERROR_PATH_NOT_FOUND},
    pairing{EMFILE, ERROR_TOO_MANY_OPEN_FILES},
    pairing{ENFILE, ERROR_TOO_MANY_OPEN_FILES},
    pairing{EACCES, ERROR_ACCESS_DENIED},
    pairing{EPERM, ERROR_ACCESS_DENIED},
    pairing{EISDIR, ERROR_ACCESS_DENIED},
    pairing{EROFS, ERROR_WRITE_PROTECT},
    pairing{EBADF, ERROR_INVALID_HANDLE},
    pairing{ENOMEM, ERROR_NOT_ENOUGH_MEMORY},
    pairing{E2BIG, ERROR_FILENAME_EXCED_RANGE},
    pairing{EINVAL, ERROR_INVALID_PARAMETER},
    pairing{EPIPE, ERROR_NO_DATA},
    pairing{ENOSPC, ERROR_DISK_FULL},
    pairing{EDQUOT, ERROR_DISK_FULL},
    pairing{EFBIG, ERROR_DISK_FULL},
    pairing{ENAMETOOLONG, ERROR_INVALID_NAME},
    pairing{ENOTEMPTY, ERROR_DIR_NOT_EMPTY},
    pairing{EEXIST, ERROR_FILE_EXISTS},
    pairing{ENOEXEC, ERROR_BAD_EXE_FORMAT},
    pairing{EFAULT, ERROR_NOACCESS},
    pairing{ECANCELED, ERROR_OPERATION_ABORTED},
    pairing{ETIMEDOUT, ERROR_TIMEOUT},
    pairing{ESPIPE, ERROR_INVALID_FUNCTION},
    pairing{EBUSY, ERROR_BUSY},
    pairing{ENOSYS, ERROR_CALL_NOT_IMPLEMENTED},
    pairing{ETXTBSY, ERROR_SHARING_VIOLATION},
    pairing{EIO, ERROR_GEN_FAILURE},
    pairing{ELOOP, ERROR_INVALID_NAME},
    pairing{EILSEQ, ERROR_NO_UNICODE_TRANSLATION},
    pairing{EAGAIN, ERROR_NO_PROC_SLOTS},
    pairing{EOVERFLOW, ERROR_INSUFFICIENT_BUFFER},
};

} // namespace

BOOL fail(DWORD code) noexcept {
    last_error = code;
    return FALSE;
}

DWORD error_of(int code) noexcept {
    for (const pairing& known : pairings) {
        if (known.code == code) {
            return known.number;
        }
    }
    return ERROR_GEN_FAILURE;
}

BOOL fail_with_errno() noexcept { return fail(error_of(errno)); }

} // namespace windpipe::win32

extern "C" DWORD WINAPI GetLastError(VOID) { return windpipe::win32::last_error; }
extern "C" VOID WINAPI SetLastError(DWORD dwErrCode) { windpipe::win32::last_error = dwErrCode; }
