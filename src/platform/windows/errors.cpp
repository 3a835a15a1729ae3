#include "sys.hpp"

#include "core/utf16.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace windpipe::platform {

namespace {

constexpr DWORD elevation_required = 740; // ERROR_ELEVATION_REQUIRED, which not all headers have

struct meaning {
    DWORD code;
    std::errc means;
};

/// What Win32 codes mean on every system. Others are none that a caller could act on.
constexpr meaning meanings[] = {
    {ERROR_BROKEN_PIPE, std::errc::broken_pipe},
    {ERROR_NO_DATA, std::errc::broken_pipe}, // "the pipe is being closed"
    {ERROR_PIPE_NOT_CONNECTED, std::errc::broken_pipe},
    {ERROR_FILE_NOT_FOUND, std::errc::no_such_file_or_directory},
    {ERROR_PATH_NOT_FOUND, std::errc::no_such_file_or_directory},
    {ERROR_BAD_NETPATH, std::errc::no_such_file_or_directory},
    {ERROR_BAD_NET_NAME, std::errc::no_such_file_or_directory},
    {ERROR_BAD_PATHNAME, std::errc::no_such_file_or_directory},
    {ERROR_INVALID_NAME, std::errc::no_such_file_or_directory},
    {ERROR_INVALID_DRIVE, std::errc::no_such_file_or_directory},
    {ERROR_DIRECTORY, std::errc::not_a_directory},
    {ERROR_ACCESS_DENIED, std::errc::permission_denied},
    {elevation_required, std::errc::permission_denied},
    {ERROR_SHARING_VIOLATION, std::errc::permission_denied},
    {ERROR_PRIVILEGE_NOT_HELD, std::errc::permission_denied},
    {ERROR_TOO_MANY_OPEN_FILES, std::errc::too_many_files_open},
    {ERROR_NO_SYSTEM_RESOURCES, std::errc::too_many_files_open},
    {ERROR_NO_MORE_USER_HANDLES, std::errc::too_many_files_open},
    {ERROR_NOT_ENOUGH_MEMORY, std::errc::not_enough_memory},
    {ERROR_OUTOFMEMORY, std::errc::not_enough_memory},
    {ERROR_COMMITMENT_LIMIT, std::errc::not_enough_memory},
    {ERROR_NOT_ENOUGH_QUOTA, std::errc::not_enough_memory},
    {ERROR_FILENAME_EXCED_RANGE,
     std::errc::argument_list_too_long}, // CreateProcessW, for a command line that is too long
    {ERROR_BAD_EXE_FORMAT, std::errc::executable_format_error},
    {ERROR_EXE_MACHINE_TYPE_MISMATCH, std::errc::executable_format_error},
    {ERROR_INVALID_HANDLE, std::errc::bad_file_descriptor},
    {ERROR_INVALID_PARAMETER, std::errc::invalid_argument},
    {ERROR_OPERATION_ABORTED, std::errc::operation_canceled},
    {WAIT_TIMEOUT, std::errc::timed_out},
    {ERROR_TIMEOUT, std::errc::timed_out},
    {ERROR_SEM_TIMEOUT, std::errc::timed_out},
    {ERROR_NOT_SUPPORTED, std::errc::operation_not_supported},
    {ERROR_CALL_NOT_IMPLEMENTED, std::errc::operation_not_supported},
    {ERROR_ALREADY_EXISTS, std::errc::file_exists},
    {ERROR_FILE_EXISTS, std::errc::file_exists},
    {ERROR_DISK_FULL, std::errc::no_space_on_device},
    {ERROR_HANDLE_DISK_FULL, std::errc::no_space_on_device},
    {ERROR_BUSY, std::errc::device_or_resource_busy},
    {ERROR_PIPE_BUSY, std::errc::device_or_resource_busy},
    {ERROR_NOACCESS, std::errc::bad_address},
    {ERROR_INVALID_USER_BUFFER, std::errc::bad_address},
    {ERROR_WRITE_PROTECT, std::errc::read_only_file_system},
};

std::optional<std::errc> meaning_of(DWORD code) noexcept {
    const auto* const found = std::ranges::find(meanings, code, &meaning::code);
    return found != std::end(meanings) ? std::optional(found->means) : std::nullopt;
}

/// Win32 codes. Not std::system_category(), whose idea of them differs between the C++ run-times of this system.
class win32_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "windows"; }

    [[nodiscard]] std::string message(int code) const override {
        constexpr DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
        std::u16string text(512, u'\0');
        const DWORD size =
            ::FormatMessageW(flags, nullptr, static_cast<DWORD>(code), 0, reinterpret_cast<wchar_t*>(text.data()),
                             static_cast<DWORD>(text.size()), nullptr);
        text.resize(size);
        while (!text.empty() && (text.back() <= u' ' || text.back() == u'.')) {
            text.pop_back();
        }
        return text.empty() ? "Windows error " + std::to_string(code) : to_utf8(text);
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        const auto meaning = meaning_of(static_cast<DWORD>(code));
        return meaning ? std::make_error_condition(*meaning) : std::error_condition(code, *this);
    }
};

} // namespace

const std::error_category& native_category() noexcept {
    static const win32_category category;
    return category;
}

} // namespace windpipe::platform
