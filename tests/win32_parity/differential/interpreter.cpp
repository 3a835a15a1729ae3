// Runs programs of calls on pipes and handles, one call a line, and prints what each gave: the value, the last error,
// the counts, the bytes. parity.py makes the programs, and compares what is printed under Wine and here.
//
// "child CALL" is made by a second process, which `spawn` starts with the handles that it inherits, and `end` ends.
// "thread CALL" is made by a second thread, and "begin CALL" begun there; `join` tells how that ended.
#include <windows.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr DWORD untouched = 1234;

/// The handles of a program, by number. What was never opened is a value that no handle has.
class slots {
public:
    HANDLE& at(std::size_t number) { return handles_.at(number); }
    void clear() {
        for (HANDLE& each : handles_) {
            if (each != none()) {
                SetHandleInformation(each, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
                CloseHandle(each);
            }
            each = none();
        }
    }
    slots() { handles_.fill(none()); }
    /// Those that a child inherits, by value; the others as what they are not.
    [[nodiscard]] std::string inheritable() const {
        std::string values;
        for (HANDLE each : handles_) {
            DWORD flags = 0;
            const bool goes =
                each != none() && GetHandleInformation(each, &flags) != FALSE && (flags & HANDLE_FLAG_INHERIT) != 0;
            values += " " + std::to_string(reinterpret_cast<std::uintptr_t>(goes ? each : none()));
        }
        return values;
    }
    void inherit(char** values) {
        for (HANDLE& each : handles_) {
            each = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::strtoull(*values++, nullptr, 10)));
        }
    }
    static HANDLE none() { return reinterpret_cast<HANDLE>(std::uintptr_t{0x7ffff000}); }

private:
    std::array<HANDLE, 16> handles_;
};

/// FNV-1a: short in the output, and any byte matters.
std::uint32_t hash(const std::string& bytes) {
    std::uint32_t sum = 2166136261U;
    for (const char byte : bytes) {
        sum = (sum ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return sum;
}

std::string content(std::size_t size, unsigned seed) {
    std::string text(size, '\0');
    for (char& byte : text) {
        seed = seed * 1103515245U + 12345U;
        byte = static_cast<char>(seed >> 16U);
    }
    return text;
}

/// The second process: told a call by its standard input, it tells the outcome by its standard output.
class other_process {
public:
    ~other_process() { end(); }

    std::string start(const std::string& handles) {
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
        const BOOL ok =
            CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start, &made);
        CloseHandle(input);
        CloseHandle(output);
        process_ = made.hProcess;
        if (ok != FALSE) {
            CloseHandle(made.hThread);
        }
        return std::to_string(ok);
    }

    std::string tell(const std::string& line) {
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

    std::string end() {
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

private:
    HANDLE process_ = nullptr;
    HANDLE to_ = nullptr;
    HANDLE from_ = nullptr;
};

/// One call. What it printed is its outcome; the names of the calls are those of parity.py.
class machine {
public:
    /// In the second process with the handles that it inherits.
    explicit machine(char** handles) {
        if (handles != nullptr) {
            slots_.inherit(handles);
        }
    }

    std::string run(const std::string& line) {
        std::istringstream words(line);
        std::string call;
        words >> call;
        const std::string rest = words.tellg() < 0 ? "" : line.substr(static_cast<std::size_t>(words.tellg()));
        if (call == "program") {
            other_.end();
            slots_.clear();
            return call;
        }
        if (call == "spawn") {
            return call + ' ' + other_.start(slots_.inheritable());
        }
        if (call == "child") {
            return call + ' ' + other_.tell(rest);
        }
        if (call == "end") {
            return call + ' ' + other_.end();
        }
        if (call == "thread") {
            return call + ' ' + std::async(std::launch::async, [&] { return run(rest); }).get();
        }
        if (call == "begin") {
            begun_ = std::async(std::launch::async, [this, rest] { return run(rest); });
            return call;
        }
        if (call == "join") {
            return call + ' ' + (begun_.valid() ? begun_.get() : "nobody");
        }
        return make(call, words);
    }

private:
    std::string make(const std::string& call, std::istringstream& words) {
        std::vector<std::uint32_t> given;
        for (std::uint32_t word = 0; words >> word;) {
            given.push_back(word);
        }
        given.resize(6);
        SetLastError(untouched);
        std::ostringstream out;
        const BOOL ok = dispatch(call, given, out);
        out << ' ' << ok << ' ' << GetLastError();
        return call + out.str();
    }

    BOOL dispatch(const std::string& call, const std::vector<std::uint32_t>& given, std::ostringstream& out) {
        HANDLE& handle = slots_.at(given[0]);
        if (call == "pipe") {
            return pipe(given);
        }
        if (call == "write") {
            return write(handle, content(given[1], given[2]), out);
        }
        if (call == "read") {
            return read(handle, given[1], out);
        }
        if (call == "peek") {
            return peek(handle, given[1], out);
        }
        if (call == "close") {
            return closed(handle);
        }
        if (call == "duplicate") {
            return duplicate(given);
        }
        return ask(call, handle, given, out);
    }

    BOOL pipe(const std::vector<std::uint32_t>& given) {
        SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, static_cast<BOOL>(given[3])};
        return CreatePipe(&slots_.at(given[0]), &slots_.at(given[1]), &attributes, given[2]);
    }

    static BOOL write(HANDLE to, const std::string& bytes, std::ostringstream& out) {
        DWORD count = 77;
        const BOOL ok = WriteFile(to, bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr);
        out << ' ' << count;
        return ok;
    }

    static BOOL read(HANDLE from, std::size_t most, std::ostringstream& out) {
        std::string bytes(most, '\0');
        DWORD count = 77;
        const BOOL ok = ReadFile(from, bytes.data(), static_cast<DWORD>(most), &count, nullptr);
        bytes.resize(ok != FALSE ? count : 0);
        out << ' ' << count << ' ' << hash(bytes);
        return ok;
    }

    static BOOL peek(HANDLE from, std::size_t most, std::ostringstream& out) {
        std::string bytes(most, '\0');
        DWORD count = 77;
        DWORD there = 77;
        DWORD left = 77;
        const BOOL ok =
            PeekNamedPipe(from, most > 0 ? bytes.data() : nullptr, static_cast<DWORD>(most), &count, &there, &left);
        bytes.resize(ok != FALSE ? count : 0);
        out << ' ' << count << ' ' << there << ' ' << left << ' ' << hash(bytes);
        return ok;
    }

    /// Its value is forgotten: another handle may get it, here and there not the same one.
    static BOOL closed(HANDLE& handle) {
        const BOOL ok = CloseHandle(handle);
        handle = ok != FALSE ? slots::none() : handle;
        return ok;
    }

    BOOL duplicate(const std::vector<std::uint32_t>& given) {
        HANDLE& source = slots_.at(given[0]);
        DWORD flags = 0;
        GetHandleInformation(source, &flags);
        SetLastError(untouched);
        const BOOL ok = DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &slots_.at(given[1]),
                                        given[2], static_cast<BOOL>(given[3]), given[4]);
        if ((given[4] & DUPLICATE_CLOSE_SOURCE) != 0 && (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) == 0) {
            source = slots::none();
        }
        return ok;
    }

    static BOOL ask(const std::string& call, HANDLE handle, const std::vector<std::uint32_t>& given,
                    std::ostringstream& out) {
        DWORD first = 77;
        DWORD second = 77;
        BOOL ok = FALSE;
        if (call == "mode") {
            first = given[1];
            return SetNamedPipeHandleState(handle, &first, nullptr, nullptr);
        }
        if (call == "flag") {
            return SetHandleInformation(handle, given[1], given[2]);
        }
        if (call == "flags") {
            ok = GetHandleInformation(handle, &first);
        } else if (call == "info") {
            DWORD size = 77;
            ok = GetNamedPipeInfo(handle, &first, &size, nullptr, &second);
            out << ' ' << size;
        } else if (call == "state") {
            ok = GetNamedPipeHandleStateA(handle, &first, &second, nullptr, nullptr, nullptr, 0);
        } else if (call == "type") {
            first = GetFileType(handle);
        } else if (call == "wait") {
            first = WaitForSingleObject(handle, 0);
        }
        out << ' ' << first << ' ' << second;
        return ok;
    }

    slots slots_;
    other_process other_;
    std::future<std::string> begun_;
};

} // namespace

int main(int count, char** words) {
    const bool is_child = count > 1;
    machine runs(is_child ? words + 1 : nullptr);
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        std::cout << runs.run(line) + "\n";
        if (is_child || line == "program") { // somebody waits for it, or wants to know how far we came
            std::cout << std::flush;
        }
    }
}
