// section.hpp - memory that is shared by handle.
#pragma once

#include "entry.hpp"

namespace windpipe::win32 {

/// A memory file, or a second descriptor of a file on disk.
class section final : public entry {
public:
    section(unique_handle descriptor, ACCESS_MASK access, std::uint64_t size) noexcept
        : entry(kind::section, std::move(descriptor), access), size_(size) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    std::uint64_t size_;
};

} // namespace windpipe::win32
