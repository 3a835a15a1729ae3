#include <windpipe/bytes.hpp>

#include "platform/platform.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace windpipe {

namespace {

/// From this size on the bytes are a region of their own; below, they are on the heap.
constexpr std::size_t smallest_region = 256UL * 1024;

bool is_region(std::size_t capacity) noexcept { return capacity >= smallest_region; }

} // namespace

std::span<std::byte> byte_buffer::room(std::size_t at_least) noexcept {
    if (capacity_ - size_ < at_least) {
        const std::size_t wish = std::max(size_ + at_least, capacity_ * 2);
        if (wish < size_) {
            return {};
        }
        if (!is_region(wish)) {
            void* const moved = std::realloc(data_, wish);
            if (moved == nullptr) {
                return {};
            }
            data_ = static_cast<std::byte*>(moved);
            capacity_ = wish;
        } else {
            const bool was_region = is_region(capacity_);
            platform::region grown{was_region ? data_ : nullptr, was_region ? capacity_ : 0};
            if (!platform::grow_region(grown, wish)) {
                return {};
            }
            if (!was_region && data_ != nullptr) {
                std::memcpy(grown.data, data_, size_);
                std::free(data_);
            }
            data_ = grown.data;
            capacity_ = grown.size;
        }
    }
    return {data_ + size_, capacity_ - size_};
}

void byte_buffer::trim() noexcept {
    if (is_region(capacity_)) {
        platform::region mine{data_, capacity_};
        platform::shrink_region(mine, std::max(size_, smallest_region));
        capacity_ = mine.size;
    }
}

void byte_buffer::reset() noexcept {
    if (is_region(capacity_)) {
        platform::free_region({data_, capacity_});
    } else {
        std::free(data_);
    }
    data_ = nullptr;
    size_ = 0;
    capacity_ = 0;
}

} // namespace windpipe
