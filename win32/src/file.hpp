// file.hpp - files, devices, and whatever else a standard stream may be.
#pragma once

#include "pipe_end.hpp"

namespace windpipe::win32 {

/// A descriptor that is read and written as it is.
class file final : public entry {
public:
    file(unique_handle descriptor, ACCESS_MASK access, std::string removed_on_close = {}) noexcept
        : entry(kind::file, std::move(descriptor), access), removed_on_close_(std::move(removed_on_close)) {}
    ~file() override;

    transfer_outcome read(void* into, DWORD count, const OVERLAPPED* at);
    transfer_outcome write(const void* bytes, DWORD count, const OVERLAPPED* at);
    /// FILE_TYPE_ of it.
    [[nodiscard]] DWORD type() const noexcept;

    [[nodiscard]] bool is_signaled() noexcept override;
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;

private:
    /// Waits until a device has something. *Returns*: why not.
    DWORD await(short events);
    std::string removed_on_close_;
};

} // namespace windpipe::win32
