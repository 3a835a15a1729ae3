// region.hpp - memory for output of unknown size: one reserved range that the kernel backs with huge pages as it fills.
#pragma once

#include "floor/linux/start.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include <sys/mman.h>

namespace bench::floor {

class region {
public:
    region()
        : memory_(mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
        if (memory_ == MAP_FAILED) {
            fail("mmap of the output region");
        }
        madvise(memory_, reserved, MADV_HUGEPAGE);
    }
    region(region&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)), size_(other.size_) {}
    region& operator=(region&&) = delete;
    ~region() {
        if (memory_ != nullptr) {
            munmap(memory_, reserved);
        }
    }

    /// The next `size` bytes to read into.
    [[nodiscard]] std::span<char> room(std::size_t size) {
        if (size_ + size > reserved) {
            throw std::length_error("output larger than the reserved region");
        }
        return {static_cast<char*>(memory_) + size_, size};
    }
    void took(std::size_t count) { size_ += count; }
    [[nodiscard]] const char* data() const { return static_cast<const char*>(memory_); }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    static constexpr std::size_t reserved = std::size_t{4} << 30;
    void* memory_;
    std::size_t size_ = 0;
};

} // namespace bench::floor
