#include "other_process.hpp"

#include <array>

namespace differential {

std::string other_process::start(const std::string& handles) {
    end();
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    HANDLE input = nullptr;
    HANDLE output = nullptr;
    CreatePipe(&input, &to_, &inherited, 0);
    CreatePipe(&from_, &output, &inherited, 0);
    SetHandleInformation(to_, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(from_, HANDLE_FLAG_INHERIT, 0);
    std::array<char, MAX_PATH> program{};
    GetModuleFileNameA(nullptr, program.data(), MAX_PATH);
    std::string line = '"' + std::string(program.data()) + '"' + handles;
    STARTUPINFOA start{};
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = input;
    start.hStdOutput = output;
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    PROCESS_INFORMATION made{};
    const BOOL ok = CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start, &made);
    CloseHandle(input);
    CloseHandle(output);
    process_ = made.hProcess;
    if (ok != FALSE) {
        CloseHandle(made.hThread);
    }
    return std::to_string(ok);
}

std::string other_process::tell(const std::string& line) {
    DWORD count = 0;
    if (process_ == nullptr ||
        WriteFile(to_, (line + '\n').data(), static_cast<DWORD>(line.size() + 1), &count, nullptr) == FALSE) {
        return "nobody";
    }
    std::string answer;
    for (char byte = 0; byte != '\n'; answer += byte) {
        if (ReadFile(from_, &byte, 1, &count, nullptr) == FALSE) {
            return "lost";
        }
    }
    answer.erase(answer.find_first_of("\r\n"));
    return answer;
}

std::string other_process::end() {
    if (process_ == nullptr) {
        return "nobody";
    }
    CloseHandle(to_);
    CloseHandle(from_);
    DWORD code = 77;
    WaitForSingleObject(process_, INFINITE);
    GetExitCodeProcess(process_, &code);
    CloseHandle(process_);
    process_ = nullptr;
    return std::to_string(code);
}

} // namespace differential
