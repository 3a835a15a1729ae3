#include "sys.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <cstring>

namespace windpipe::platform {

// Committed at once: unlike reserved address space, committed pages are writable without a further call, and the system
// backs each only when it is written. The commit charge is why growth doubles instead of reserving generously.
bool grow_region(region& memory, std::size_t at_least) noexcept {
    if (at_least > SIZE_MAX / 2) {
        return false;
    }
    constexpr std::size_t unit = 64UL * 1024; // allocation granularity
    const std::size_t size = (at_least + unit - 1) / unit * unit;
    void* const made = sys::virtual_alloc(size);
    if (made == nullptr) {
        return false;
    }
    if (memory.data != nullptr) {
        std::memcpy(made, memory.data, memory.size);
        free_region(memory);
    }
    memory = {static_cast<std::byte*>(made), size};
    return true;
}

void shrink_region(region& memory, std::size_t size) noexcept {
    constexpr std::size_t page = 4096;
    const std::size_t kept = (size + page - 1) / page * page;
    if (kept < memory.size) {
        (void)::VirtualFree(memory.data + kept, memory.size - kept, MEM_DECOMMIT);
        memory.size = kept;
    }
}

void free_region(region memory) noexcept { (void)::VirtualFree(memory.data, 0, MEM_RELEASE); }

} // namespace windpipe::platform
