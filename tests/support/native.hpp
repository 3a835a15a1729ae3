// native.hpp - what the system itself says of a handle, asked by raw calls.
#pragma once

#include <windpipe/handle.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace windpipe_test {

/// Whether the handle is open.
bool is_open(windpipe::native_handle handle);
/// Whether a process started now, by whatever means, could get it unasked: not close-on-exec, or inheritable.
bool is_inheritable(windpipe::native_handle handle);
/// Whether calls on it block as those of an ordinary pipe: no O_NONBLOCK, not overlapped.
bool is_synchronous(windpipe::native_handle handle);
/// Whether the system's own functions for pipes take it: fstat and F_GETPIPE_SZ; GetFileType and GetNamedPipeInfo.
bool is_pipe(windpipe::native_handle handle);
/// A text that is the same for all handles of one pipe (on Windows of one end of it), in every process, as list_handles
/// prints it.
std::string identity(windpipe::native_handle handle);

/// A handle whose number belongs to nothing open.
windpipe::native_handle closed_handle();
/// An open ordinary file, made for the purpose and gone when closed, readable and writable.
windpipe::unique_handle scratch_file();
/// Moves a file's position, counted from its beginning.
void set_position(windpipe::native_handle file, std::size_t position);
/// A copy of the handle that children may inherit.
windpipe::unique_handle inheritable_copy(windpipe::native_handle handle);
/// Sets a variable of this process's environment, or removes it where `value` is null.
void set_environment(const char* name, const char* value);
/// The first `size` bytes behind a handle of shared memory, mapped by the system's plain calls.
class shared_memory {
public:
    shared_memory(windpipe::native_handle memory, std::size_t size);
    ~shared_memory();
    shared_memory(const shared_memory&) = delete;
    shared_memory& operator=(const shared_memory&) = delete;
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

private:
    std::span<std::byte> bytes_;
};
/// A pipe by the system's plain call, without windpipe: its read end and its write end.
std::pair<windpipe::unique_handle, windpipe::unique_handle> plain_pipe();

} // namespace windpipe_test
