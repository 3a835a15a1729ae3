#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::ptrdiff_t> alive = 0;

void* counted(std::size_t size) noexcept {
    void* const memory = std::malloc(size == 0 ? 1 : size);
    alive.fetch_add(memory != nullptr ? 1 : 0, std::memory_order_relaxed);
    return memory;
}

void* counted_or_failure(std::size_t size) {
    void* const memory = counted(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void release(void* memory) noexcept {
    alive.fetch_sub(memory != nullptr ? 1 : 0, std::memory_order_relaxed);
    std::free(memory);
}

} // namespace

// Not inlined: GCC would see one half of a pair and warn that the other does not match it.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted_or_failure(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return counted_or_failure(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return counted(size); }
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { release(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { release(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t /*size*/) noexcept { release(memory); }

namespace windpipe_test::soak {

std::ptrdiff_t live_allocations() noexcept { return alive.load(std::memory_order_relaxed); }

} // namespace windpipe_test::soak
