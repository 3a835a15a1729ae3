#include "transfer.hpp"

#include <fcntl.h>
#include <io.h>

namespace windpipe::platform {

namespace {

/// Puts the null device in the place of the number that the C run-time has for a stream, which closes what was there.
///
/// The run-time keeps the handle's value: closed behind its back, the value would one day be that of another file.
/// Numbers 1 and 2 may share one handle, which the run-time then leaves open.
/// Source: _open_osfhandle, _dup2.
bool replace_in_runtime(int number, unique_handle null_device) noexcept {
    const int temporary =
        ::_open_osfhandle(reinterpret_cast<std::intptr_t>(null_device.get()), number == 0 ? _O_RDONLY : 0);
    if (temporary == -1) {
        return false;
    }
    (void)null_device.release(); // the number's now
    const bool replaced = ::_dup2(temporary, number) == 0;
    ::_close(temporary);
    return replaced;
}

} // namespace

result<unique_handle> take_standard(direction way) {
    const int number = way == direction::read ? 0 : 1;
    const DWORD stream = way == direction::read ? STD_INPUT_HANDLE : STD_OUTPUT_HANDLE;
    const HANDLE standard = sys::get_std_handle(stream);
    if (standard == nullptr || standard == no_handle) {
        return sys::failed("adopt", ERROR_INVALID_HANDLE, "this process was started without this stream");
    }
    if (auto checked = verify_end(standard, way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    auto taken = duplicate(standard);
    if (!taken) {
        return taken;
    }
    SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    unique_handle null_device = sys::create_file(L"NUL", way == direction::read ? GENERIC_READ : GENERIC_WRITE,
                                                 FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING, &inheritable);
    if (!null_device) {
        return sys::failed("open null device");
    }
    if (::_get_osfhandle(number) == reinterpret_cast<std::intptr_t>(standard)) {
        if (!replace_in_runtime(number, std::move(null_device))) {
            return sys::failed("duplicate", ERROR_TOO_MANY_OPEN_FILES, "the numbers of the C run-time are used up");
        }
        // Done by the run-time in console programs, but not in others.
        ::SetStdHandle(stream, reinterpret_cast<HANDLE>(::_get_osfhandle(number)));
        return taken;
    }
    ::SetStdHandle(stream, null_device.release());
    if (::GetStdHandle(STD_ERROR_HANDLE) != standard) {
        sys::close_handle(standard);
    }
    return taken;
}

} // namespace windpipe::platform
