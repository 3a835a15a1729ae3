#include "startup.hpp"

#include "agent.hpp"
#include "descriptors.hpp"
#include "file.hpp"
#include "inherited.hpp"
#include "last_error.hpp"
#include "process.hpp"
#include "quoting.hpp"
#include "table.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <vector>

// Says in a program that is built on the layer that it is: who starts it need not ask it. The linker keeps notes.
asm(".pushsection .note.windpipe.win32, \"a\", %note\n"
    ".balign 4\n"
    ".long 9, 0, 1\n"
    ".asciz \"windpipe\"\n"
    ".balign 4\n"
    ".popsection\n");

namespace windpipe::win32 {

const char startup_is_linked = 0;

namespace {

constinit std::array<std::atomic<HANDLE>, 3> standard{};

std::string& command_line() {
    static auto* const text = new std::string;
    return *text;
}

void end(int code, void* /*context*/) { report_exit(static_cast<DWORD>(code)); }

std::vector<std::string> own_arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    std::vector<std::string> list;
    for (std::size_t at = 0; at < all.size();) {
        list.emplace_back(all.c_str() + at);
        at += list.back().size() + 1;
    }
    return list;
}

/// Makes a handle of a stream that a process outside of the layer has given us.
void adopt_stream(int stream) {
    const int mode = ::fcntl(stream, F_GETFL);
    if (mode == -1) {
        close_stream(stream); // never free
        return;
    }
    if (auto made = entry_of_descriptor(unique_handle(stream)); made != nullptr) {
        made->flags = HANDLE_FLAG_INHERIT;
        standard[static_cast<unsigned>(stream)] = install(std::move(made));
    }
}

/// Before the constructors of the program's own objects, which may use handles.
[[gnu::constructor(101)]] void start() {
    const auto block = start_block::take();
    if (block == nullptr) {
        for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
            adopt_stream(stream);
        }
        return;
    }
    adopt(block->handles());
    for (unsigned stream = 0; stream < standard.size(); ++stream) {
        standard[stream] = block->standard()[stream];
    }
    command_line() = block->command_line();
    block->close_descriptor();
    set_own_block(block);
    (void)::on_exit(end, nullptr);
    start_agent();
    block->set_begun();
}

} // namespace

const std::string& own_command_line() {
    static const std::string& line = [] -> const std::string& {
        if (command_line().empty()) {
            command_line() = joined_command_line(own_arguments());
        }
        return command_line();
    }();
    return line;
}

HANDLE standard_handle(unsigned stream) noexcept { return standard[stream]; }
void set_standard_handle(unsigned stream, HANDLE handle) noexcept { standard[stream] = handle; }

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

HANDLE WINAPI GetStdHandle(DWORD nStdHandle) {
    const DWORD stream = STD_INPUT_HANDLE - nStdHandle;
    if (stream >= standard.size()) {
        fail(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    return standard_handle(stream);
}

BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle) {
    const DWORD stream = STD_INPUT_HANDLE - nStdHandle;
    if (stream >= standard.size()) {
        return fail(ERROR_INVALID_HANDLE);
    }
    set_standard_handle(stream, hHandle);
    return TRUE;
}

} // extern "C"
