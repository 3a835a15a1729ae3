#include "last_error.hpp"
#include "printing.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace windpipe::win32 {

namespace {

struct message {
    DWORD code;
    const char* text;
};
// In words of our own, but where programs compare them.
constexpr std::array messages{
    message{ERROR_SUCCESS, "The operation completed successfully."},
    message{ERROR_INVALID_FUNCTION, "Incorrect function."},
    message{ERROR_FILE_NOT_FOUND, "The system cannot find the file specified."},
    message{ERROR_PATH_NOT_FOUND, "The system cannot find the path specified."},
    message{ERROR_TOO_MANY_OPEN_FILES, "The system cannot open the file."},
    message{ERROR_ACCESS_DENIED, "Access is denied."},
    message{ERROR_INVALID_HANDLE, "The handle is invalid."},
    message{ERROR_NOT_ENOUGH_MEMORY, "Not enough memory."},
    message{ERROR_BAD_LENGTH, "The length is wrong."},
    message{ERROR_GEN_FAILURE, "It does not work."},
    message{ERROR_SHARING_VIOLATION, "The file is in use."},
    message{ERROR_HANDLE_EOF, "Reached the end of the file."},
    message{ERROR_NOT_SUPPORTED, "The request is not supported."},
    message{ERROR_FILE_EXISTS, "The file exists."},
    message{ERROR_INVALID_PARAMETER, "The parameter is incorrect."},
    message{ERROR_BROKEN_PIPE, "The pipe has been ended."},
    message{ERROR_DISK_FULL, "There is not enough space on the disk."},
    message{ERROR_CALL_NOT_IMPLEMENTED, "This function is not supported on this system."},
    message{ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."},
    message{ERROR_INVALID_NAME, "The file name is incorrect."},
    message{ERROR_ALREADY_EXISTS, "Cannot create a file when that file already exists."},
    message{ERROR_BAD_EXE_FORMAT, "The file is no program."},
    message{ERROR_ENVVAR_NOT_FOUND, "There is no such variable."},
    message{ERROR_BAD_PIPE, "The pipe state is invalid."},
    message{ERROR_PIPE_BUSY, "All pipe instances are busy."},
    message{ERROR_NO_DATA, "The pipe is being closed."},
    message{ERROR_PIPE_NOT_CONNECTED, "No process is on the other end of the pipe."},
    message{ERROR_MORE_DATA, "More data is available."},
    message{WAIT_TIMEOUT, "The wait operation timed out."},
    message{ERROR_DIRECTORY, "The directory name is invalid."},
    message{ERROR_PIPE_CONNECTED, "There is a process on the other end of the pipe."},
    message{ERROR_PIPE_LISTENING, "Waiting for a process to open the other end of the pipe."},
    message{ERROR_OPERATION_ABORTED, "The operation was called off."},
    message{ERROR_IO_INCOMPLETE, "The operation is not done yet."},
    message{ERROR_IO_PENDING, "The operation is in progress."},
    message{ERROR_NOACCESS, "Invalid access to memory location."},
    message{ERROR_MAPPED_ALIGNMENT, "The address or the offset is not aligned."},
    message{ERROR_NOT_FOUND, "Element not found."},
    message{ERROR_TIMEOUT, "The time is over."},
    message{ERROR_INVALID_USER_BUFFER, "The supplied user buffer is not valid."},
};

const char* text_of(DWORD code) {
    const auto found = std::ranges::find(messages, code, &message::code);
    return found != messages.end() ? found->text : nullptr;
}

/// Puts the arguments in: %1 to %99, each perhaps with a format of printf in exclamation marks.
std::wstring with_inserts(const std::wstring& text, DWORD flags, va_list* arguments) {
    std::wstring done;
    std::vector<std::uintptr_t> values;
    const auto value = [&](std::size_t number) {
        while (values.size() < number) {
            values.push_back((flags & FORMAT_MESSAGE_ARGUMENT_ARRAY) != 0
                                 ? reinterpret_cast<const std::uintptr_t*>(arguments)[values.size()]
                                 : va_arg(*arguments, std::uintptr_t));
        }
        return values[number - 1];
    };
    const auto is_digit = [](wchar_t c) { return c >= L'0' && c <= L'9'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != L'%' || i + 1 == text.size()) {
            done += text[i];
            continue;
        }
        const wchar_t next = text[++i];
        if (!is_digit(next)) {
            done += next == L'n' ? std::wstring(L"\r\n") : next == L'r' ? L"\r" : std::wstring(1, next);
            continue;
        }
        if (next == L'0') {
            break; // ends the message without a line break
        }
        auto number = static_cast<std::size_t>(next - L'0');
        if (i + 1 < text.size() && is_digit(text[i + 1])) {
            number = number * 10 + static_cast<std::size_t>(text[++i] - L'0');
        }
        std::wstring format = L"s";
        if (const auto end = text.find(L'!', i + 2); i + 1 < text.size() && text[i + 1] == L'!' && end != text.npos) {
            format = text.substr(i + 2, end - i - 2);
            i = end;
        }
        if (arguments != nullptr) {
            done += printed_value(L'%' + format, value(number), (flags & argument_is_narrow) != 0);
        }
    }
    return done;
}

/// What is wrong with the flags, and what is not offered: lines of a width, and messages of a module alone. No module
/// has any, so that to look in one first makes no difference. *Returns*: the error; 0.
DWORD trouble_with(DWORD flags) {
    const DWORD width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK;
    const bool from_string = (flags & FORMAT_MESSAGE_FROM_STRING) != 0;
    const bool from_module = (flags & FORMAT_MESSAGE_FROM_HMODULE) != 0;
    const bool from_system = (flags & FORMAT_MESSAGE_FROM_SYSTEM) != 0;
    if ((from_string && (from_module || from_system)) || (!from_string && !from_module && !from_system)) {
        return ERROR_INVALID_PARAMETER;
    }
    return (width != 0 && width != FORMAT_MESSAGE_MAX_WIDTH_MASK) || (flags >> 14U) != 0 ||
                   (from_module && !from_system)
               ? ERROR_CALL_NOT_IMPLEMENTED
               : 0;
}

/// *Returns*: nothing with the last error set.
std::wstring message_text(DWORD flags, const void* source, DWORD code, va_list* arguments, bool narrow) {
    if (const DWORD trouble = trouble_with(flags); trouble != 0) {
        fail(trouble);
        return {};
    }
    std::wstring text;
    if ((flags & FORMAT_MESSAGE_FROM_STRING) != 0) {
        if (source == nullptr) {
            fail(ERROR_INVALID_PARAMETER);
            return {};
        }
        text = narrow ? widened(static_cast<const char*>(source)) : std::wstring(static_cast<const WCHAR*>(source));
    } else {
        const char* const known = text_of(code);
        if (known == nullptr) {
            fail(ERROR_MR_MID_NOT_FOUND);
            return {};
        }
        text = widened(known) +
               ((flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == FORMAT_MESSAGE_MAX_WIDTH_MASK ? L" " : L"\r\n");
    }
    return (flags & (FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS)) != 0
               ? text
               : with_inserts(text, flags | (narrow ? argument_is_narrow : 0), arguments);
}

template <class Char>
DWORD give_message(const std::basic_string<Char>& text, DWORD flags, Char* buffer, DWORD size) {
    if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) {
        const std::size_t characters = std::max<std::size_t>(text.size() + 1, size);
        auto* const made = static_cast<Char*>(LocalAlloc(LMEM_ZEROINIT, characters * sizeof(Char)));
        if (made == nullptr) {
            return 0;
        }
        std::ranges::copy(text, made);
        *reinterpret_cast<Char**>(buffer) = made;
        return static_cast<DWORD>(text.size());
    }
    if (size <= text.size()) {
        fail(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    *std::ranges::copy(text, buffer).out = 0;
    return static_cast<DWORD>(text.size());
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD /*dwLanguageId*/, LPWSTR lpBuffer,
                            DWORD nSize, va_list* Arguments) {
    if (lpBuffer == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return 0;
    }
    try {
        const std::wstring text = message_text(dwFlags, lpSource, dwMessageId, Arguments, false);
        return text.empty() ? 0 : give_message(text, dwFlags, lpBuffer, nSize);
    } catch (const std::bad_alloc&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
}

DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD /*dwLanguageId*/, LPSTR lpBuffer,
                            DWORD nSize, va_list* Arguments) {
    if (lpBuffer == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return 0;
    }
    try {
        const std::string text = narrowed(message_text(dwFlags, lpSource, dwMessageId, Arguments, true));
        return text.empty() ? 0 : give_message(text, dwFlags, lpBuffer, nSize);
    } catch (const std::bad_alloc&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
}

} // extern "C"
