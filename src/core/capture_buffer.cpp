#include "capture_buffer.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

namespace windpipe {

std::span<std::byte> capture_buffer::room(std::size_t most) noexcept {
    const std::size_t wish = std::min(most, limit_.head - kept_.head.size());
    in_head_ = wish > 0;
    if (in_head_) {
        const auto room = kept_.head.room(wish);
        return room_ = room.first(std::min(room.size(), wish));
    }
    if (passing_ == nullptr) {
        passing_.reset(new (std::nothrow) std::byte[piece]);
    }
    return room_ = {passing_.get(), passing_ != nullptr ? piece : 0};
}

bool capture_buffer::took(std::size_t n) noexcept {
    if (in_head_) {
        kept_.head.commit(n);
        return true;
    }
    try {
        keep_last({reinterpret_cast<const char*>(passing_.get()), n});
        return true;
    } catch (const std::exception&) { // bad_alloc, length_error
        return false;
    }
}

void capture_buffer::keep_last(std::string_view text) {
    kept_.tail.reserve(std::min(limit_.tail, kept_.tail.size() + text.size()));
    if (text.size() > limit_.tail) {
        kept_.skipped += text.size() - limit_.tail;
        text.remove_prefix(text.size() - limit_.tail);
    }
    const std::size_t to_grow = std::min(text.size(), limit_.tail - kept_.tail.size());
    kept_.tail.append(text.substr(0, to_grow));
    text.remove_prefix(to_grow);
    kept_.skipped += text.size();
    while (!text.empty()) {
        const std::size_t part = std::min(text.size(), kept_.tail.size() - oldest_);
        text.copy(kept_.tail.data() + oldest_, part);
        text.remove_prefix(part);
        oldest_ = (oldest_ + part) % kept_.tail.size();
    }
}

capture capture_buffer::take() {
    std::rotate(kept_.tail.begin(), kept_.tail.begin() + static_cast<std::ptrdiff_t>(oldest_), kept_.tail.end());
    kept_.head.trim();
    oldest_ = 0;
    return std::exchange(kept_, {});
}

} // namespace windpipe
