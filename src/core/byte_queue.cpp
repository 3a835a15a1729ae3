#include <windpipe/bytes.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace windpipe::detail {

namespace {

/// What a pipe of default capacity holds. Of memory that is never written to, none is used.
constexpr std::size_t smallest = 64UL * 1024;

} // namespace

std::span<std::byte> byte_queue::room(std::size_t at_least) noexcept {
    const std::size_t used = size();
    if (used == 0) {
        first_ = last_ = 0;
    }
    if (capacity_ - last_ >= at_least) {
        return {memory_.get() + last_, capacity_ - last_};
    }
    if (capacity_ - used >= at_least) {
        std::memmove(memory_.get(), memory_.get() + first_, used);
    } else {
        const std::size_t wish = std::max({smallest, capacity_ * 2, used + at_least});
        std::unique_ptr<std::byte[]> larger(new (std::nothrow) std::byte[wish]);
        if (larger == nullptr) {
            return {};
        }
        if (used > 0) {
            std::memcpy(larger.get(), memory_.get() + first_, used);
        }
        memory_ = std::move(larger);
        capacity_ = wish;
    }
    first_ = 0;
    last_ = used;
    return {memory_.get() + last_, capacity_ - last_};
}

} // namespace windpipe::detail
