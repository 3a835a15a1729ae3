// start.hpp - processes and handles by bare Win32 calls, for the harness and for the floors.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <windows.h>

namespace bench::win32 {

/// Throws with the last error and its text.
[[noreturn]] void fail(const char* what);

/// Closes itself.
class handle {
public:
    handle() = default;
    /// INVALID_HANDLE_VALUE is taken for none, as null is.
    explicit handle(HANDLE value) : value_(value == INVALID_HANDLE_VALUE ? nullptr : value) {}
    handle(handle&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
    handle& operator=(handle&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~handle() { close(); }
    void close() {
        if (value_ != nullptr) {
            CloseHandle(std::exchange(value_, nullptr));
        }
    }
    [[nodiscard]] HANDLE get() const { return value_; }

private:
    HANDLE value_ = nullptr;
};

struct pipe_pair {
    handle reader;
    handle writer;
};
/// CreatePipe; neither end is inherited. `capacity` 0: the system's default.
pipe_pair make_pipe(int capacity = 0);

/// How much one call moved.
std::size_t read_some(HANDLE from, std::span<char> into); ///< 0 at the end
void write_all(HANDLE to, const char* bytes, std::size_t size);

/// A copy that a child inherits; of none, the device NUL.
handle inheritable(HANDLE original);

/// What becomes the standard streams of a child; all are inheritable handles.
struct standard_streams {
    handle in = inheritable(GetStdHandle(STD_INPUT_HANDLE));
    handle out = inheritable(GetStdHandle(STD_OUTPUT_HANDLE));
    handle err = inheritable(GetStdHandle(STD_ERROR_HANDLE));
};

struct started {
    handle process;
    handle thread;
};

/// What a child inherits besides its standard streams.
enum class inheritance {
    everything, ///< whatever is inheritable in this process
    a_list,     ///< nothing but what is said
};

/// CreateProcessW. `more`: inheritable handles for the child to have, beside its streams.
started start(const std::vector<std::string>& words, const standard_streams& streams, inheritance what,
              const std::vector<HANDLE>& more = {}, DWORD flags = 0);

/// Waits for the end; throws unless it was with 0.
void reap(const started& child);

} // namespace bench::win32
