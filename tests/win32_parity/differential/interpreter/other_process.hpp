// other_process.hpp - the second process of a program.
#pragma once

#include <windows.h>

#include <string>

namespace differential {

/// Told a call by its standard input, it tells the outcome by its standard output.
class other_process {
public:
    other_process() = default;
    other_process(const other_process&) = delete;
    other_process& operator=(const other_process&) = delete;
    ~other_process() { end(); }

    std::string start(const std::string& handles);
    std::string tell(const std::string& line);
    /// *Returns*: its exit code.
    std::string end();
    [[nodiscard]] HANDLE handle() const noexcept { return process_; }

private:
    HANDLE process_ = nullptr;
    HANDLE to_ = nullptr;
    HANDLE from_ = nullptr;
};

} // namespace differential
