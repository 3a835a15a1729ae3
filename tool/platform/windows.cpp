// windows.cpp - what the command needs of Windows.
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

bool stderr_is_terminal() {
    DWORD mode = 0;
    return GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode) != 0;
}

void leave_interrupt_to_stages() {}

void end_if_interrupted() {}

} // namespace windpipe_tool::platform
