#include "sys.hpp"

#include "platform/platform.hpp"

#include <algorithm>

namespace windpipe::platform {

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t huge_page = 2UL * 1024 * 1024;
/// Reserved, not used: growing by new pages is free, growing by moving is not.
constexpr std::size_t generous = 4UL * 1024 * 1024 * 1024;

std::size_t rounded_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

/// Address space that begins at a multiple of a huge page, or null. Not counted against the commit limit: as the heap
/// of most allocators, it takes memory when it is written.
std::byte* reserve(std::size_t size) {
    void* const made = sys::mmap(size + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    if (made == MAP_FAILED) {
        return nullptr;
    }
    const auto address = reinterpret_cast<std::uintptr_t>(made);
    const std::size_t before = rounded_up(address, huge_page) - address;
    auto* const start = static_cast<std::byte*>(made) + before;
    if (before > 0) {
        (void)::munmap(made, before);
    }
    (void)::munmap(start + size, huge_page - before);
    (void)::madvise(start, size, MADV_HUGEPAGE); // where it is refused, small pages serve
    return start;
}

} // namespace

bool grow_region(region& memory, std::size_t at_least) noexcept {
    if (at_least > SIZE_MAX / 2) {
        return false;
    }
    const std::size_t needed = rounded_up(at_least, huge_page);
    if (memory.data != nullptr) {
        void* const moved = sys::mremap(memory.data, memory.size, needed, MREMAP_MAYMOVE);
        if (moved == MAP_FAILED) {
            return false;
        }
        memory = {static_cast<std::byte*>(moved), needed};
        return true;
    }
    // Less is tried where the address space is limited (RLIMIT_AS) or overcommit is off.
    for (std::size_t size = std::max(needed, generous); size >= needed; size /= 4) {
        if (std::byte* const made = reserve(size); made != nullptr) {
            memory = {made, size};
            return true;
        }
    }
    std::byte* const exact = reserve(needed);
    memory = {exact, exact != nullptr ? needed : 0};
    return exact != nullptr;
}

void shrink_region(region& memory, std::size_t size) noexcept {
    const std::size_t kept = rounded_up(size, page);
    if (kept < memory.size && ::munmap(memory.data + kept, memory.size - kept) == 0) {
        memory.size = kept;
    }
}

void free_region(region memory) noexcept { (void)::munmap(memory.data, memory.size); }

} // namespace windpipe::platform
