// windows.cpp - what the command needs of Windows.
#include "paths.hpp"
#include "platform.hpp"

#include <cstdio>
#include <memory>
#include <system_error>

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

namespace windpipe_tool::platform {

namespace {

struct local_memory {
    void operator()(wchar_t** words) const noexcept { LocalFree(words); }
};

[[noreturn]] void throw_last_error(const char* what) {
    throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
}

std::string utf8(const wchar_t* text) {
    const int size = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, -1, nullptr, 0, nullptr, nullptr);
    if (size <= 0) {
        throw_last_error("an argument of the command line is not valid Unicode");
    }
    std::string result(static_cast<std::size_t>(size), '\0');
    WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, -1, result.data(), size, nullptr, nullptr);
    result.pop_back(); // the NUL, which a length of -1 includes
    return result;
}

bool is_console(DWORD stream) {
    DWORD mode = 0;
    return GetConsoleMode(GetStdHandle(stream), &mode) != 0;
}

} // namespace

void prepare() {
    _setmode(_fileno(stdout), _O_BINARY);
    _setmode(_fileno(stderr), _O_BINARY);
}

std::vector<std::string> arguments(int, char**) {
    // What main() gets has been squeezed through the code page: characters outside it are lost.
    int count = 0;
    const std::unique_ptr<wchar_t*[], local_memory> words(CommandLineToArgvW(GetCommandLineW(), &count));
    if (words == nullptr) {
        throw_last_error("CommandLineToArgvW");
    }
    std::vector<std::string> result;
    for (int i = 1; i < count; ++i) {
        result.push_back(utf8(words[static_cast<std::size_t>(i)]));
    }
    return result;
}

std::string signal_name(int signal) {
    // The library reports what it killed itself as killed by 9; nothing else ends by a signal here.
    return signal == 9 ? "SIGKILL" : "signal " + std::to_string(signal);
}

std::uint64_t own_peak_memory() { return 0; }

bool stderr_is_terminal() { return is_console(STD_ERROR_HANDLE); }
bool stdout_is_terminal() { return is_console(STD_OUTPUT_HANDLE); }

const char* system_name() { return "windows"; }

std::uint32_t own_pid() { return GetCurrentProcessId(); }

std::FILE* open_to_write(const std::string& path) {
    // N: not inheritable.
    return _wfopen(path_of(path).wstring().c_str(), L"wbN");
}

std::FILE* open_to_write(int number) {
    const int copy = _dup(number);
    std::FILE* const file = copy == -1 ? nullptr : _fdopen(copy, "wb");
    if (copy != -1 && file == nullptr) {
        _close(copy);
    }
    return file;
}

windpipe::unique_handle duplicate(std::FILE* file) {
    auto* const own = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
    HANDLE second = nullptr;
    const bool made = own != INVALID_HANDLE_VALUE && DuplicateHandle(GetCurrentProcess(), own, GetCurrentProcess(),
                                                                     &second, 0, FALSE, DUPLICATE_SAME_ACCESS) != 0;
    return made ? windpipe::unique_handle(second) : windpipe::unique_handle();
}

bool stderr_shows_color() {
    DWORD mode = 0;
    const HANDLE console = GetStdHandle(STD_ERROR_HANDLE);
    return GetConsoleMode(console, &mode) != 0 &&
           SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool can_ask_to_end() { return false; }

void suspend() {}

int number_of(asked what) {
    return what == asked::interrupt ? 2 : what == asked::quit ? 3 : what == asked::hang_up ? 1 : 15;
}

int end_by(asked what) { return number_of(what); }

} // namespace windpipe_tool::platform
