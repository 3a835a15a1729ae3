// rows.hpp - what the tests of the rows of docs/win32-rows.md share. They include windows.h and nothing of windpipe.
#pragma once

#include <windows.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace parity {

/// What runs the tests.
enum class under { layer, wine, windows };
under system();

/// Whether deviations.cpp lists the row for what runs the tests.
bool deviates(std::string_view row);

/// `actual` is what Windows does, or what is run deviates in this row and does `other`.
template <class T>
testing::AssertionResult is(const T& actual, const T& windows, std::string_view row, const T& other) {
    if (actual == windows || (deviates(row) && actual == other)) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "row " << row << ": " << actual << ", on Windows " << windows;
}

/// Never the error of a call: a call that succeeds leaves it.
inline constexpr DWORD untouched = 1234;

/// How a call went: whether, the error (`untouched` where it was left), and the count.
struct outcome {
    BOOL ok = FALSE;
    DWORD error = 0;
    DWORD count = 0;
    bool operator==(const outcome&) const = default;
};
std::ostream& operator<<(std::ostream& to, const outcome& what);

inline outcome done(DWORD count) { return {TRUE, untouched, count}; }
inline outcome failed(DWORD error) { return {FALSE, error, 0}; }

/// How a call without a count went.
template <class Call>
outcome of(Call call) {
    SetLastError(untouched);
    outcome how;
    how.ok = call();
    how.error = GetLastError();
    return how;
}

DWORD flags_of(HANDLE handle);

/// Both ends of a pipe, closed at the end.
class ends {
public:
    explicit ends(DWORD size = 0, BOOL inheritable = FALSE);
    ~ends();
    ends(const ends&) = delete;
    ends& operator=(const ends&) = delete;

    HANDLE read = nullptr;
    HANDLE write = nullptr;
    void close_read() { CloseHandle(std::exchange(read, nullptr)); }
    void close_write() { CloseHandle(std::exchange(write, nullptr)); }
};

outcome read_from(HANDLE from, std::string& into, DWORD most);
inline outcome read_from(HANDLE from, DWORD most) {
    std::string dropped;
    return read_from(from, dropped, most);
}
outcome write_to(HANDLE to, std::string_view text);
/// The bytes there: PeekNamedPipe().
DWORD waiting_in(HANDLE reader);
void set_nowait(HANDLE end);

/// A call on a thread of its own, which may block.
class background {
public:
    template <class Call>
    explicit background(Call call)
        : done_(CreateEventA(nullptr, TRUE, FALSE, nullptr)), thread_([this, call] {
              DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &handle_, 0, FALSE,
                              DUPLICATE_SAME_ACCESS);
              SetEvent(started_);
              result_ = call();
              SetEvent(done_);
          }) {
        WaitForSingleObject(started_, INFINITE);
    }
    ~background();
    background(const background&) = delete;
    background& operator=(const background&) = delete;

    /// It has not come back for a while.
    [[nodiscard]] bool blocks() const { return WaitForSingleObject(done_, a_while) == WAIT_TIMEOUT; }
    outcome result();
    [[nodiscard]] HANDLE thread() const { return handle_; }

private:
    static constexpr DWORD a_while = 60;
    HANDLE started_ = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    HANDLE done_;
    HANDLE handle_ = nullptr;
    outcome result_;
    std::thread thread_;
};

/// A handle that is closed at the end.
class owned {
public:
    explicit owned(HANDLE handle = nullptr) : handle_(handle) {}
    owned(owned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    owned& operator=(owned&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~owned() { close(); }
    void close() {
        if (HANDLE const closing = std::exchange(handle_, nullptr); closing != nullptr) {
            CloseHandle(closing);
        }
    }
    operator HANDLE() const { return handle_; } // as a HANDLE is used everywhere
    HANDLE* out() { return &handle_; }

private:
    HANDLE handle_;
};

owned duplicate(HANDLE of, DWORD access = 0, BOOL inheritable = FALSE, DWORD options = DUPLICATE_SAME_ACCESS);
inline owned event() { return owned(CreateEventA(nullptr, TRUE, FALSE, nullptr)); }

} // namespace parity
