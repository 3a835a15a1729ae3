#include "ring_view.hpp"

#include <new>

namespace windpipe::detail {

result<std::shared_ptr<ring_mapping>> ring_mapping::of(native_handle memory) {
    auto mapped = platform::map_ring(memory);
    if (!mapped) {
        return std::unexpected(std::move(mapped).error());
    }
    try {
        return std::make_shared<ring_mapping>(*mapped);
    } catch (const std::bad_alloc&) {
        platform::unmap_ring(*mapped);
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "map ring"});
    }
}

ring_header& ring_mapping::header() const noexcept {
    return *std::launder(reinterpret_cast<ring_header*>(memory_.header));
}

void ring_mapping::begin(bool takes_turns) const noexcept {
    auto* const made = ::new (static_cast<void*>(memory_.header)) ring_header{};
    made->takes_turns.store(takes_turns ? 1 : 0, std::memory_order_relaxed);
    made->kind.store(ring_header::mark, std::memory_order_release);
}

bool ring_mapping::is_marked() const noexcept {
    return header().kind.load(std::memory_order_acquire) == ring_header::mark;
}

bool ring_mapping::takes_turns() const noexcept { return header().takes_turns.load(std::memory_order_relaxed) != 0; }

ring_words ring_mapping::words(ring_indices::side whose) const noexcept {
    ring_header& all = header();
    return whose == ring_indices::side::writes ? ring_words(all.writer, all.reader)
                                               : ring_words(all.reader, all.writer);
}

} // namespace windpipe::detail
