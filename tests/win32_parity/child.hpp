// child.hpp - how the tests of rows start the other process, tests/win32_parity/child/main.cpp.
#pragma once

#include "rows.hpp"

#include <string>
#include <utility>
#include <vector>

namespace parity {

/// The program, without the ending that it has on Windows.
std::string child_program();
inline std::string number(HANDLE handle) { return std::to_string(reinterpret_cast<std::uintptr_t>(handle)); }

/// The handles a child may inherit: PROC_THREAD_ATTRIBUTE_HANDLE_LIST.
class handle_list {
public:
    explicit handle_list(std::vector<HANDLE> handles) : handles_(std::move(handles)) {
        SIZE_T size = 0;
        InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_.resize(size);
        EXPECT_NE(InitializeProcThreadAttributeList(get(), 1, 0, &size), FALSE);
        EXPECT_NE(UpdateProcThreadAttribute(get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                            handles_.size() * sizeof(HANDLE), nullptr, nullptr),
                  FALSE);
    }
    ~handle_list() { DeleteProcThreadAttributeList(get()); }
    handle_list(const handle_list&) = delete;
    handle_list& operator=(const handle_list&) = delete;
    LPPROC_THREAD_ATTRIBUTE_LIST get() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data()); }

private:
    std::vector<HANDLE> handles_;
    std::vector<char> memory_;
};

struct how_to_start {
    BOOL inherits = TRUE;
    DWORD flags = 0;
    std::vector<HANDLE> streams = {};
    handle_list* list = nullptr;
    char* environment = nullptr;
    const char* directory = nullptr;
    const char* application = nullptr;
};

/// A process, and its handles.
struct started {
    BOOL ok = FALSE;
    DWORD error = 0;
    owned process;
    owned thread;
    DWORD id = 0;
    PROCESS_INFORMATION raw{};

    DWORD code() {
        EXPECT_EQ(WaitForSingleObject(process, INFINITE), DWORD{WAIT_OBJECT_0});
        DWORD code = 77;
        EXPECT_NE(GetExitCodeProcess(process, &code), FALSE);
        return code;
    }
};

started start_line(std::string line, const how_to_start& how = {});
/// The program with these arguments; that it starts is expected.
started start(const std::string& arguments, const how_to_start& how = {});

} // namespace parity
