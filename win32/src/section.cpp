#include "section.hpp"

#include "descriptors.hpp"
#include "file.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "table.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <map>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

/// How long each view is, in whole pages, which munmap(2) must be told.
struct views {
    std::mutex guard;
    std::map<const void*, std::size_t> sizes;
};
views& all_views() {
    static auto* const all = new views;
    return *all;
}

/// *Returns*: what is wrong with a protection, or what is not offered; 0.
DWORD trouble_with(DWORD protection) {
    constexpr DWORD committed = 0x08000000; // SEC_COMMIT, which is so if nothing else is said
    constexpr DWORD of_pages = 0xff;
    const DWORD pages = protection & of_pages;
    if (pages == PAGE_NOACCESS || !std::has_single_bit(pages)) {
        return ERROR_INVALID_PARAMETER;
    }
    constexpr DWORD offered = PAGE_READWRITE | PAGE_READONLY | PAGE_WRITECOPY | committed;
    return (protection & ~offered) == 0 ? 0 : ERROR_CALL_NOT_IMPLEMENTED;
}

constexpr std::uint64_t page = 4096;
std::uint64_t in_pages(std::uint64_t size) { return (size + page - 1) / page * page; }

/// Behind its last byte.
const std::byte* end_of(const std::pair<const void* const, std::size_t>& view) {
    return static_cast<const std::byte*>(view.first) + view.second;
}

bool can_write(DWORD protection) { return (protection & PAGE_READWRITE) != 0; }

ACCESS_MASK access_for(DWORD protection) {
    return can_write(protection) ? ACCESS_MASK{SECTION_ALL_ACCESS}
                                 : SECTION_ALL_ACCESS & ~ACCESS_MASK{SECTION_MAP_WRITE};
}

/// A section of a file, which is made as long as it.
std::unique_ptr<entry> section_of_file(const file& from, DWORD protection, std::uint64_t size) {
    struct stat about{};
    if (::fstat(from.descriptor(), &about) != 0) {
        return nullptr;
    }
    if (size == 0) {
        size = static_cast<std::uint64_t>(about.st_size);
    }
    if (size > static_cast<std::uint64_t>(about.st_size) &&
        (!can_write(protection) || ::ftruncate(from.descriptor(), static_cast<off_t>(size)) != 0)) {
        errno = ENOSPC;
        return nullptr;
    }
    unique_handle second = duplicate(from.descriptor());
    return second ? std::make_unique<section>(std::move(second), access_for(protection), size) : nullptr;
}

/// As long as its pages.
std::unique_ptr<entry> section_of_memory(DWORD protection, std::uint64_t asked) {
    const std::uint64_t size = std::max(in_pages(asked), asked); // too large stays too large
    unique_handle memory(::memfd_create("windpipe section", MFD_CLOEXEC));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(size)) != 0) {
        return nullptr;
    }
    return std::make_unique<section>(std::move(memory), access_for(protection), size);
}

void* map_view(const section& from, int protection, int sharing, std::uint64_t offset, std::size_t size) {
    void* const view = ::mmap(nullptr, size, protection, sharing, from.descriptor(), static_cast<off_t>(offset));
    if (view == MAP_FAILED) {
        fail_with_errno();
        return nullptr;
    }
    views& all = all_views();
    const std::lock_guard lock(all.guard);
    all.sizes[view] = in_pages(size);
    return view;
}

std::uint64_t joined(DWORD high, DWORD low) { return (std::uint64_t{high} << 32U) | low; }

} // namespace

std::unique_ptr<entry> section::copy(unique_handle descriptor) const {
    return std::make_unique<section>(std::move(descriptor), access(), size_);
}

ACCESS_MASK section::mapped(ACCESS_MASK generic) const noexcept {
    return mapped_for_object(generic, SECTION_ALL_ACCESS) | ((generic & GENERIC_READ) != 0 ? SECTION_MAP_READ : 0);
}

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

HANDLE WINAPI CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                                 DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCWSTR lpName) {
    const std::uint64_t size = joined(dwMaximumSizeHigh, dwMaximumSizeLow);
    if (const DWORD code = trouble_with(flProtect); code != 0) {
        fail(code);
        return nullptr;
    }
    if (hFile == INVALID_HANDLE_VALUE) {
        if (size == 0) {
            fail(ERROR_INVALID_PARAMETER);
            return nullptr;
        }
        return create_object(lpFileMappingAttributes, lpName, [&] { return section_of_memory(flProtect, size); });
    }
    const use found(hFile);
    const file* const from = found.as<file>(kind::file);
    if (from == nullptr) {
        fail(ERROR_INVALID_HANDLE);
        return nullptr;
    }
    if (!from->allows(FILE_READ_DATA) || (can_write(flProtect) && !from->allows(FILE_WRITE_DATA))) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return create_object(lpFileMappingAttributes, lpName, [&] { return section_of_file(*from, flProtect, size); });
}
HANDLE WINAPI CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                                 DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCSTR lpName) {
    return CreateFileMappingW(hFile, lpFileMappingAttributes, flProtect, dwMaximumSizeHigh, dwMaximumSizeLow,
                              lpName != nullptr ? L"" : nullptr);
}

LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                            DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap) {
    const use found(hFileMappingObject);
    const section* const from = found.as<section>(kind::section);
    if (from == nullptr) {
        fail(ERROR_INVALID_HANDLE);
        return nullptr;
    }
    constexpr DWORD known = FILE_MAP_COPY | FILE_MAP_WRITE | FILE_MAP_READ;
    if (dwDesiredAccess != FILE_MAP_ALL_ACCESS && (dwDesiredAccess == 0 || (dwDesiredAccess & ~known) != 0)) {
        fail(dwDesiredAccess == 0 ? ERROR_INVALID_PARAMETER : ERROR_CALL_NOT_IMPLEMENTED);
        return nullptr;
    }
    const bool copies =
        (dwDesiredAccess & FILE_MAP_COPY) != 0 && (dwDesiredAccess & FILE_MAP_ALL_ACCESS) == FILE_MAP_COPY;
    const bool writes = (dwDesiredAccess & FILE_MAP_WRITE) != 0;
    if (!from->allows(writes ? SECTION_MAP_WRITE : SECTION_MAP_READ)) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    constexpr std::uint64_t granularity = 65536; // as on Windows, so that no program relies on less
    const std::uint64_t offset = joined(dwFileOffsetHigh, dwFileOffsetLow);
    if (offset % granularity != 0 || offset >= from->size() || dwNumberOfBytesToMap > from->size() - offset) {
        fail(offset % granularity != 0 ? ERROR_MAPPED_ALIGNMENT : ERROR_ACCESS_DENIED);
        return nullptr;
    }
    const std::size_t size = dwNumberOfBytesToMap != 0 ? dwNumberOfBytesToMap : from->size() - offset;
    try {
        return map_view(*from, PROT_READ | (writes || copies ? PROT_WRITE : 0), copies ? MAP_PRIVATE : MAP_SHARED,
                        offset, size);
    } catch (const std::bad_alloc&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
}

BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress) {
    views& all = all_views();
    const std::lock_guard lock(all.guard);
    const auto view = all.sizes.find(lpBaseAddress);
    if (view == all.sizes.end()) {
        return fail(ERROR_INVALID_ADDRESS);
    }
    (void)::munmap(const_cast<void*>(view->first), view->second);
    all.sizes.erase(view);
    return TRUE;
}

BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush) {
    views& all = all_views();
    const std::lock_guard lock(all.guard);
    const auto* const from = static_cast<const std::byte*>(lpBaseAddress);
    auto view = all.sizes.upper_bound(lpBaseAddress);
    if (view == all.sizes.begin() || from >= end_of(*--view)) { // it may begin anywhere within a view
        return fail(ERROR_INVALID_ADDRESS);
    }
    const auto ahead = static_cast<std::size_t>(from - static_cast<const std::byte*>(view->first)) % page;
    const std::size_t size = dwNumberOfBytesToFlush != 0 ? dwNumberOfBytesToFlush : end_of(*view) - from;
    return ::msync(const_cast<std::byte*>(from - ahead), size + ahead, MS_SYNC) == 0 ? TRUE : fail_with_errno();
}

} // extern "C"
