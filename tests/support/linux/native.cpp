// native.cpp - fcntl, fstat and /proc on a descriptor.
#include "support/native.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace windpipe_test {

namespace {

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

} // namespace

bool is_open(windpipe::native_handle handle) { return ::fcntl(handle, F_GETFD) >= 0; }

bool is_inheritable(windpipe::native_handle handle) {
    return (checked(::fcntl(handle, F_GETFD), "F_GETFD") & FD_CLOEXEC) == 0;
}

bool is_synchronous(windpipe::native_handle handle) {
    return (checked(::fcntl(handle, F_GETFL), "F_GETFL") & O_NONBLOCK) == 0;
}

bool is_pipe(windpipe::native_handle handle) {
    struct stat status{};
    return ::fstat(handle, &status) == 0 && S_ISFIFO(status.st_mode) && ::fcntl(handle, F_GETPIPE_SZ) > 0;
}

std::string identity(windpipe::native_handle handle) {
    std::string target(4096, '\0');
    const std::string link = "/proc/self/fd/" + std::to_string(handle);
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    target.resize(static_cast<std::size_t>(checked(static_cast<int>(size), link.c_str())));
    return target;
}

windpipe::native_handle closed_handle() {
    const int number = checked(::fcntl(0, F_DUPFD_CLOEXEC, 700), "F_DUPFD_CLOEXEC");
    ::close(number);
    return number;
}

windpipe::unique_handle scratch_file() {
    return windpipe::unique_handle(checked(::memfd_create("scratch", MFD_CLOEXEC), "memfd_create"));
}

void set_position(windpipe::native_handle file, std::size_t position) {
    checked(static_cast<int>(::lseek(file, static_cast<off_t>(position), SEEK_SET)), "lseek");
}

windpipe::unique_handle inheritable_copy(windpipe::native_handle handle) {
    return windpipe::unique_handle(checked(::dup(handle), "dup"));
}

void set_environment(const char* name, const char* value) {
    checked(value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name), "setenv");
}

shared_memory::shared_memory(windpipe::native_handle memory, std::size_t size) {
    void* const made = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    checked(made == MAP_FAILED ? -1 : 0, "mmap");
    bytes_ = {static_cast<std::byte*>(made), size};
}
shared_memory::~shared_memory() { ::munmap(bytes_.data(), bytes_.size()); }

std::pair<windpipe::unique_handle, windpipe::unique_handle> plain_pipe() {
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    return {windpipe::unique_handle(ends[0]), windpipe::unique_handle(ends[1])};
}

} // namespace windpipe_test
