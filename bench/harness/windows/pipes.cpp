#include "harness/pipes.hpp"

#include "worker/windows/start.hpp"

#include <exception>

namespace bench {

// CreatePipe grants any size, and Windows has no way to ask what it made of it.
kernel_pipe::kernel_pipe(int capacity) : reader_(nullptr), writer_(nullptr) {
    if (!CreatePipe(&reader_, &writer_, nullptr, static_cast<DWORD>(capacity))) {
        win32::fail("CreatePipe");
    }
}

void kernel_pipe::close_reader() { const win32::handle closed(std::exchange(reader_, nullptr)); }

void kernel_pipe::close_writer() { const win32::handle closed(std::exchange(writer_, nullptr)); }

bool kernel_pipe::put() {
    const char byte = 0;
    DWORD count = 0;
    return WriteFile(writer_, &byte, 1, &count, nullptr) && count == 1;
}

bool kernel_pipe::take() {
    char byte = 0;
    DWORD count = 0;
    return ReadFile(reader_, &byte, 1, &count, nullptr) && count == 1;
}

} // namespace bench
