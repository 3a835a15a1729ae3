// processes.cpp - a grandchild that holds our streams, and an end received from a stranger.
#include "system.hpp"

#include <windows.h>

#include <array>
#include <cstdlib>

namespace child_system {

namespace {

std::wstring program_beside_us(const wchar_t* name) {
    std::wstring path(32768, L'\0');
    path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
    path.resize(path.find_last_of(L"\\/") + 1);
    return path.append(name);
}

HANDLE inheritable(DWORD which) {
    HANDLE copy = nullptr;
    DuplicateHandle(GetCurrentProcess(), GetStdHandle(which), GetCurrentProcess(), &copy, 0, TRUE,
                    DUPLICATE_SAME_ACCESS);
    return copy;
}

} // namespace

unsigned long start_holder(bool /*own_session*/, bool for_ever) {
    const std::wstring program = program_beside_us(L"hold_open.exe");
    std::wstring line = for_ever ? L"hold_open quietly ever" : L"hold_open quietly";
    STARTUPINFOW start{};
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = inheritable(STD_INPUT_HANDLE);
    start.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    start.hStdError = inheritable(STD_ERROR_HANDLE);
    PROCESS_INFORMATION made{};
    if (CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start, &made) == 0) {
        exit_with(98);
    }
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
    return made.dwProcessId;
}

bool receive_end(stream as) {
    std::array<char, 32> text{};
    std::size_t size = 0;
    while (size + 1 < text.size() && (size == 0 || text.at(size - 1) != '\n')) {
        const moved got = read(stream::in, text.data() + size, 1);
        if (got.bytes != 1) {
            return false;
        }
        ++size;
    }
    auto* const received =
        reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::strtoull(text.data(), nullptr, 10)));
    constexpr std::array<DWORD, 3> names{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    return GetFileType(received) == FILE_TYPE_PIPE &&
           SetStdHandle(names.at(static_cast<std::size_t>(as)), received) != 0;
}

} // namespace child_system
