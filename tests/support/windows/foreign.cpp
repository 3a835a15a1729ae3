// foreign.cpp - CreateProcessW with all that can be inherited, and DuplicateHandle between processes.
#include "support/foreign.hpp"

#include "support/children.hpp"
#include "support/native.hpp"

#include <windows.h>

#include <array>
#include <system_error>

namespace windpipe_test {

namespace {

void check(bool succeeded, const char* what) {
    if (!succeeded) {
        throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
    }
}

std::wstring widen(const std::string& text) {
    const int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
    std::wstring wide(static_cast<std::size_t>(size), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), wide.data(), size);
    return wide;
}

/// The witnesses take plain words only, which need no quoting.
std::wstring command_line(const std::vector<std::string>& args) {
    std::wstring line = L"child";
    for (const std::string& arg : args) {
        line.append(L" ").append(widen(arg));
    }
    return line;
}

constexpr UINT killed = 0x0000DEAD;

} // namespace

foreign_child::foreign_child(const std::string& program, const std::vector<std::string>& args,
                             const foreign_streams& streams) {
    constexpr std::array<DWORD, 3> names{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    const std::array<HANDLE, 3> given{streams.in, streams.out, streams.err};
    std::array<windpipe::unique_handle, 3> copies;
    for (std::size_t number = 0; number < 3; ++number) {
        const HANDLE source =
            given.at(number) != windpipe::no_handle ? given.at(number) : GetStdHandle(names.at(number));
        if (source != nullptr && source != INVALID_HANDLE_VALUE) {
            copies.at(number) = inheritable_copy(source);
        }
    }
    STARTUPINFOW start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = copies[0].get();
    start.hStdOutput = copies[1].get();
    start.hStdError = copies[2].get();
    PROCESS_INFORMATION made{};
    std::wstring line = command_line(args);
    check(CreateProcessW(widen(program).c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start,
                         &made) != 0,
          "CreateProcessW");
    CloseHandle(made.hThread);
    process_.reset(made.hProcess);
    id_ = made.dwProcessId;
}

foreign_child::~foreign_child() {
    if (!waited_) {
        kill();
        wait();
    }
}

int foreign_child::wait() {
    WaitForSingleObject(process_.get(), INFINITE);
    DWORD code = 0;
    check(GetExitCodeProcess(process_.get(), &code) != 0, "GetExitCodeProcess");
    waited_ = true;
    return code == killed ? -9 : static_cast<int>(code);
}

void foreign_child::kill() { TerminateProcess(process_.get(), killed); }

stranger::channel stranger::make_channel() {
    auto [reader, writer] = plain_pipe();
    return {std::move(writer), std::move(reader)};
}

stranger::stranger(const std::string& action, windpipe::native_handle out)
    : channel_(make_channel()),
      child_(child_program("receive_end"), {action}, {.in = channel_.theirs.get(), .out = out}) {
    channel_.theirs.reset();
}

void stranger::send(windpipe::native_handle end) {
    HANDLE remote = nullptr;
    check(DuplicateHandle(GetCurrentProcess(), end, child_.process(), &remote, 0, FALSE, DUPLICATE_SAME_ACCESS) != 0,
          "DuplicateHandle");
    const std::string text = std::to_string(reinterpret_cast<std::uintptr_t>(remote)) + "\n";
    DWORD written = 0;
    check(WriteFile(channel_.ours.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr) != 0,
          "WriteFile");
}

windpipe::unique_handle copy_from_child(std::uint32_t process, int /*stream*/, std::uint64_t value) {
    const windpipe::unique_handle opened(OpenProcess(PROCESS_DUP_HANDLE, FALSE, process));
    HANDLE copy = nullptr;
    check(DuplicateHandle(opened.get(), reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(value)),
                          GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) != 0,
          "DuplicateHandle");
    return windpipe::unique_handle(copy);
}

} // namespace windpipe_test
