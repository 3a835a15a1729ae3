#include "worker/windows/start.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace bench::win32 {

void fail(const char* what) { throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what); }

pipe_pair make_pipe(int capacity) {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    if (!CreatePipe(&reader, &writer, nullptr, static_cast<DWORD>(capacity))) {
        fail("CreatePipe");
    }
    return {handle(reader), handle(writer)};
}

namespace {

constexpr std::size_t longest = std::numeric_limits<int>::max();

/// One word as the C library of the child takes it apart again.
void append_word(std::wstring& line, const std::wstring& word) {
    if (!line.empty()) {
        line += L' ';
    }
    if (!word.empty() && word.find_first_of(L" \t\"") == std::wstring::npos) {
        line += word;
        return;
    }
    line += L'"';
    std::size_t backslashes = 0;
    for (const wchar_t letter : word) {
        if (letter == L'"') { // the backslashes before a quotation mark count double
            line.append(backslashes + 1, L'\\');
        }
        backslashes = letter == L'\\' ? backslashes + 1 : 0;
        line += letter;
    }
    line.append(backslashes, L'\\');
    line += L'"';
}

std::wstring wide(const std::string& text) {
    const auto size = static_cast<int>(text.size());
    std::wstring made(static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0)), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, text.data(), size, made.data(), static_cast<int>(made.size()));
    return made;
}

/// The handles that a child inherits, and no others.
class handle_list {
public:
    explicit handle_list(std::vector<HANDLE> handles) : handles_(std::move(handles)) {
        SIZE_T size = 0;
        InitializeProcThreadAttributeList(nullptr, 1, 0, &size); // only asks for the size
        memory_ = std::make_unique<std::byte[]>(size);
        if (!InitializeProcThreadAttributeList(get(), 1, 0, &size)) {
            fail("InitializeProcThreadAttributeList");
        }
        if (!UpdateProcThreadAttribute(get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                       handles_.size() * sizeof(HANDLE), nullptr, nullptr)) {
            DeleteProcThreadAttributeList(get());
            fail("UpdateProcThreadAttribute");
        }
    }
    ~handle_list() { DeleteProcThreadAttributeList(get()); }
    handle_list(const handle_list&) = delete;
    handle_list& operator=(const handle_list&) = delete;

    [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST get() const {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
    }

private:
    std::vector<HANDLE> handles_;
    std::unique_ptr<std::byte[]> memory_;
};

} // namespace

std::size_t read_some(HANDLE from, std::span<char> into) {
    DWORD count = 0;
    if (!ReadFile(from, into.data(), static_cast<DWORD>(std::min(into.size(), longest)), &count, nullptr) &&
        GetLastError() != ERROR_BROKEN_PIPE) {
        fail("ReadFile");
    }
    return count;
}

void write_all(HANDLE to, const char* bytes, std::size_t size) {
    while (size > 0) {
        DWORD count = 0;
        if (!WriteFile(to, bytes, static_cast<DWORD>(std::min(size, longest)), &count, nullptr)) {
            fail("WriteFile");
        }
        bytes += count;
        size -= count;
    }
}

handle inheritable(HANDLE original) {
    HANDLE copy = nullptr;
    if (original == nullptr || original == INVALID_HANDLE_VALUE ||
        !DuplicateHandle(GetCurrentProcess(), original, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS)) {
        SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
        copy = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                           OPEN_EXISTING, 0, nullptr);
        if (copy == INVALID_HANDLE_VALUE) {
            fail("NUL");
        }
    }
    return handle(copy);
}

started start(const std::vector<std::string>& words, const standard_streams& streams, inheritance what,
              const std::vector<HANDLE>& more, DWORD flags) {
    std::wstring line;
    for (const std::string& word : words) {
        append_word(line, wide(word));
    }
    STARTUPINFOEXW how{};
    how.StartupInfo.cb = sizeof how;
    how.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    how.StartupInfo.hStdInput = streams.in.get();
    how.StartupInfo.hStdOutput = streams.out.get();
    how.StartupInfo.hStdError = streams.err.get();
    std::unique_ptr<handle_list> list;
    if (what == inheritance::a_list) {
        std::vector<HANDLE> all = {streams.in.get(), streams.out.get(), streams.err.get()};
        all.insert(all.end(), more.begin(), more.end());
        list = std::make_unique<handle_list>(std::move(all));
        how.lpAttributeList = list->get();
        flags |= EXTENDED_STARTUPINFO_PRESENT;
    }
    PROCESS_INFORMATION made{};
    if (!CreateProcessW(wide(words.front()).c_str(), line.data(), nullptr, nullptr, TRUE, flags, nullptr, nullptr,
                        &how.StartupInfo, &made)) {
        fail(words.front().c_str());
    }
    return {handle(made.hProcess), handle(made.hThread)};
}

void reap(const started& child) {
    DWORD status = 0;
    if (WaitForSingleObject(child.process.get(), INFINITE) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess(child.process.get(), &status)) {
        fail("the end of the child");
    }
    if (status != 0) {
        throw std::runtime_error("the child failed with " + std::to_string(status));
    }
}

} // namespace bench::win32
