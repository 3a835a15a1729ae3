#include "sys.hpp"

#include "platform/platform.hpp"

#include <bit>

namespace windpipe::platform {

namespace {

constexpr std::string_view map_step = "map ring";

/// There is no fork.
constexpr std::atomic<std::uint32_t> always_here = 1;

void unmap(void* start) noexcept {
    if (start != nullptr) {
        (void)::UnmapViewOfFile(start);
    }
}

/// How many bytes the memory of a ring holds. A section never becomes smaller.
result<std::size_t> capacity_of(HANDLE memory) {
    void* const all = sys::map_view(memory, 0, 0, nullptr);
    if (all == nullptr) {
        DWORD flags = 0;
        if (memory == no_handle || !sys::get_handle_information(memory, &flags)) {
            return sys::failed(map_step, ERROR_INVALID_HANDLE);
        }
        return sys::refused(map_step, std::errc::invalid_argument, "the handle is not the memory of a ring");
    }
    MEMORY_BASIC_INFORMATION about{};
    const bool known = sys::query_memory(all, &about) != 0;
    const DWORD code = ::GetLastError();
    unmap(all);
    if (!known) {
        return sys::failed(map_step, code);
    }
    const std::size_t size = about.RegionSize;
    if (size < 2 * ring_header_size || !std::has_single_bit(size - ring_header_size)) {
        return sys::refused(map_step, std::errc::invalid_argument, "the memory has not the size of a ring");
    }
    return size - ring_header_size;
}

/// Calls that Windows has from version 1803 on: reserved space is filled without a moment in which it is free.
/// Source: VirtualAlloc2, MapViewOfFile3, "Scenario 1" there.
struct placeholders {
    using virtual_alloc2 = void*(WINAPI*)(HANDLE, void*, SIZE_T, ULONG, ULONG, void*, ULONG);
    using map_view_of_file3 = void*(WINAPI*)(HANDLE, HANDLE, void*, ULONG64, SIZE_T, ULONG, ULONG, void*, ULONG);
    static constexpr ULONG reserve = 0x40000; // MEM_RESERVE_PLACEHOLDER
    static constexpr ULONG replace = 0x4000;  // MEM_REPLACE_PLACEHOLDER
    static constexpr DWORD preserve = 0x2;    // MEM_PRESERVE_PLACEHOLDER

    virtual_alloc2 alloc = nullptr;
    map_view_of_file3 map = nullptr;

    static const placeholders& get() noexcept {
        static const placeholders found = [] {
            placeholders made;
            if (const HMODULE module = ::GetModuleHandleW(L"kernelbase.dll")) {
                made.alloc = reinterpret_cast<virtual_alloc2>(
                    reinterpret_cast<void*>(::GetProcAddress(module, "VirtualAlloc2")));
                made.map = reinterpret_cast<map_view_of_file3>(
                    reinterpret_cast<void*>(::GetProcAddress(module, "MapViewOfFile3")));
            }
            return made;
        }();
        return found;
    }
    [[nodiscard]] bool are_there() const noexcept { return alloc != nullptr && map != nullptr; }

    /// The header and the bytes, and behind them the bytes again; null where that failed.
    [[nodiscard]] std::byte* mirror(HANDLE memory, std::size_t first, std::size_t second) const noexcept {
        const HANDLE self = ::GetCurrentProcess();
        auto* const start = static_cast<std::byte*>(
            alloc(self, nullptr, first + second, MEM_RESERVE | reserve, PAGE_NOACCESS, nullptr, 0));
        if (start == nullptr) {
            return nullptr;
        }
        if (!::VirtualFree(start, first, MEM_RELEASE | preserve)) {
            (void)::VirtualFree(start, 0, MEM_RELEASE);
            return nullptr;
        }
        void* const low = map(memory, self, start, 0, first, replace, PAGE_READWRITE, nullptr, 0);
        void* const high = low != nullptr ? map(memory, self, start + first, ring_header_size, second, replace,
                                                PAGE_READWRITE, nullptr, 0)
                                          : nullptr;
        if (high != nullptr) {
            return start;
        }
        if (low != nullptr) {
            unmap(low);
        } else {
            (void)::VirtualFree(start, 0, MEM_RELEASE);
        }
        (void)::VirtualFree(start + first, 0, MEM_RELEASE);
        return nullptr;
    }
};

/// The same on older systems: finds free space, and takes it in two steps. Another thread can be faster: then again.
std::byte* mirror_by_trying(HANDLE memory, std::size_t first, std::size_t second) noexcept {
    constexpr int tries = 32;
    for (int i = 0; i < tries; ++i) {
        auto* const start = static_cast<std::byte*>(sys::reserve_memory(first + second));
        if (start == nullptr) {
            return nullptr;
        }
        (void)::VirtualFree(start, 0, MEM_RELEASE);
        void* const low = sys::map_view(memory, 0, first, start);
        void* const high = low != nullptr ? sys::map_view(memory, ring_header_size, second, start + first) : nullptr;
        if (high != nullptr) {
            return start;
        }
        const DWORD code = ::GetLastError();
        unmap(low);
        ::SetLastError(code);
        if (code != ERROR_INVALID_ADDRESS) {
            return nullptr;
        }
    }
    return nullptr;
}

} // namespace

result<unique_handle> create_ring_memory(std::size_t capacity) {
    unique_handle memory = sys::create_section(ring_header_size + capacity);
    if (!memory) {
        return sys::failed("make ring");
    }
    return memory;
}

result<ring_memory> map_ring(native_handle memory) {
    const auto capacity = capacity_of(memory);
    if (!capacity) {
        return std::unexpected(capacity.error());
    }
    const std::size_t first = ring_header_size + *capacity;
    std::byte* start = nullptr;
    if (placeholders::get().are_there()) {
        start = placeholders::get().mirror(memory, first, *capacity);
    }
    if (start == nullptr) {
        start = mirror_by_trying(memory, first, *capacity);
    }
    if (start == nullptr) {
        return sys::failed(map_step);
    }
    return ring_memory{
        .header = start, .data = start + ring_header_size, .capacity = *capacity, .here = &always_here, .kept = start};
}

void unmap_ring(const ring_memory& memory) noexcept {
    unmap(memory.header);
    unmap(memory.data + memory.capacity);
}

// Source: FlushProcessWriteBuffers.
// In Wine FlushProcessWriteBuffers() has long been a stub.
bool can_order_threads() noexcept {
    static const bool can = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") == nullptr;
    return can;
}
void order_threads() noexcept { ::FlushProcessWriteBuffers(); }

// There is no barrier for other processes.
bool can_order_processes() noexcept { return false; }
result<void> order_processes() { return {}; }

void relax() noexcept { YieldProcessor(); }

std::uint32_t this_processor() noexcept { return ::GetCurrentProcessorNumber(); }

} // namespace windpipe::platform
