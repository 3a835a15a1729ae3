#include "descriptors.hpp"
#include "quiet_write.hpp"
#include "spin.hpp"

#include "platform/platform.hpp"

#include <array>
#include <bit>
#include <new>
#include <thread>

#include <linux/membarrier.h>

namespace windpipe::platform {

namespace {

constexpr std::string_view map_step = "map ring";

/// Without them, another process could make the memory shorter, and reading it would end this one by SIGBUS.
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

/// In the private page: whether fork has made a copy of it. It is zeros there. Source: MADV_WIPEONFORK in madvise(2).
using mark_word = std::atomic<std::uint32_t>;

/// Address space of our own, given back unless it is kept.
class reservation {
public:
    explicit reservation(std::size_t size) : size_(size) {
        void* const made = sys::mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
        start_ = made != MAP_FAILED ? static_cast<std::byte*>(made) : nullptr;
    }
    ~reservation() {
        if (start_ != nullptr) {
            const int code = errno;
            (void)::munmap(start_, size_);
            errno = code;
        }
    }
    reservation(const reservation&) = delete;
    reservation& operator=(const reservation&) = delete;
    [[nodiscard]] std::byte* start() const noexcept { return start_; }
    void keep() noexcept { start_ = nullptr; }

private:
    std::byte* start_ = nullptr;
    std::size_t size_;
};

/// How many bytes the memory of a ring holds.
result<std::size_t> capacity_of(int memory) {
    struct stat about{};
    if (sys::fstat(memory, &about) == -1) {
        return sys::failed(map_step, errno, "descriptor " + std::to_string(memory));
    }
    const auto refused = [&](const char* why) {
        return sys::failed(map_step, EINVAL, "descriptor " + std::to_string(memory) + why);
    };
    const int sealed = S_ISREG(about.st_mode) ? sys::fcntl(memory, F_GET_SEALS) : -1;
    if (sealed == -1 || (sealed & F_SEAL_SHRINK) == 0) {
        return refused(" is not the memory of a ring, or could be made shorter");
    }
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size < 2 * ring_header_size || !std::has_single_bit(size - ring_header_size)) {
        return refused(" has not the size of a ring");
    }
    return size - ring_header_size;
}

/// A page of this process alone in front of it all, then the header, the bytes, and the bytes again.
std::size_t reserved_for(std::size_t capacity) { return 2 * ring_header_size + 2 * capacity; }

} // namespace

result<unique_handle> create_ring_memory(std::size_t capacity) {
    constexpr std::string_view step = "make ring";
    unique_handle made(sys::memfd_create("windpipe-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!made) {
        return sys::failed(step);
    }
    auto memory = clear_of_standard(std::move(made), step);
    if (memory && (sys::ftruncate(memory->get(), ring_header_size + capacity) == -1 ||
                   sys::fcntl(memory->get(), F_ADD_SEALS, seals) == -1)) {
        return sys::failed(step);
    }
    return memory;
}

result<ring_memory> map_ring(native_handle memory) {
    const auto capacity = capacity_of(memory);
    if (!capacity) {
        return std::unexpected(capacity.error());
    }
    reservation space(reserved_for(*capacity));
    std::byte* const start = space.start();
    if (start == nullptr || sys::madvise(start, ring_header_size, MADV_WIPEONFORK) == -1) {
        return sys::failed(map_step);
    }
    std::byte* const header = start + ring_header_size;
    std::byte* const data = header + ring_header_size;
    if (sys::mmap_over(header, ring_header_size + *capacity, memory, 0) == MAP_FAILED ||
        sys::mmap_over(data + *capacity, *capacity, memory, ring_header_size) == MAP_FAILED) {
        return sys::failed(map_step);
    }
    space.keep();
    return ring_memory{.header = header,
                       .data = data,
                       .capacity = *capacity,
                       .here = ::new (static_cast<void*>(start)) mark_word(1),
                       .kept = start};
}

void unmap_ring(const ring_memory& memory) noexcept { (void)::munmap(memory.kept, reserved_for(memory.capacity)); }

result<bool> wait_for_ring(native_handle woken_by, interruption& interrupted) {
    if (cannot_be_called_off(interrupted)) {
        std::array<std::byte, 64> rung;
        const ssize_t n = blocking_read(woken_by, rung.data(), rung.size());
        if (n >= 0 || errno != EAGAIN) { // that it never waits is up to whoever has made the pipe
            return n >= 0 ? result<bool>(n > 0) : sys::failed("wait for ring");
        }
    }
    const auto waited = wait_for(woken_by, POLLIN, interrupted, "wait for ring");
    return waited ? result<bool>(false) : std::unexpected(waited.error());
}

class bell_watch {};

void let_go_of_watch::operator()(bell_watch* what) const noexcept { delete what; }

result<unique_handle> watch_bell(native_handle bell, bell_watch_ptr& /*kept*/) {
    return end_waitable(bell, direction::read);
}

void watch_again(bell_watch& /*what*/) noexcept {}

// Source: membarrier(2). It fails where a sandbox forbids it, or for a moment for lack of memory.
bool can_order_threads() noexcept {
    static const bool can = sys::membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    return can;
}

void order_threads() noexcept {
    while (sys::membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) {
        std::this_thread::yield();
    }
}

bool can_order_processes() noexcept {
    static const bool can = sys::membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED) == 0;
    return can;
}

result<void> order_processes() {
    while (sys::membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED) != 0) {
        if (errno != ENOMEM) {
            return sys::failed("wait for ring");
        }
        std::this_thread::yield();
    }
    return {};
}

void relax() noexcept { pause_instruction(); }

std::uint32_t this_processor() noexcept { return static_cast<std::uint32_t>(::sched_getcpu()); }

} // namespace windpipe::platform
