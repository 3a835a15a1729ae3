#include "table.hpp"

#include "descriptors.hpp"
#include "last_error.hpp"
#include "startup.hpp"

#include <array>
#include <new>
#include <sched.h>
#include <unistd.h>

namespace windpipe::win32 {

/// A descriptor's place. `word` is the number of uses, the handle itself being one, and a bit for "open".
struct slot {
    std::atomic<std::uint32_t> word{0};
    std::atomic<entry*> held{nullptr};
};

namespace {

[[gnu::used]] const char* const startup = &startup_is_linked;

constexpr std::uint32_t open_bit = 1U << 31U;
constexpr std::size_t chunk_size = 1024;
constexpr std::size_t chunk_count = 1024;
using chunk = std::array<slot, chunk_size>;

// Never freed: other threads may use handles until the process has ended.
constinit std::array<std::atomic<chunk*>, chunk_count> chunks{};
constinit std::atomic<std::size_t> highest{0};

std::size_t index_of(HANDLE handle) noexcept {
    const auto value = reinterpret_cast<std::uintptr_t>(handle);
    if (value >= STD_ERROR_HANDLE && value <= STD_INPUT_HANDLE) [[unlikely]] { // these names are handles, too
        return reinterpret_cast<std::uintptr_t>(standard_handle(static_cast<unsigned>(STD_INPUT_HANDLE - value))) / 4 -
               1;
    }
    return value / 4 - 1;
}

slot* find(std::size_t index) noexcept {
    if (index >= chunk_size * chunk_count) {
        return nullptr;
    }
    chunk* const found = chunks[index / chunk_size].load(std::memory_order_acquire);
    return found != nullptr ? &(*found)[index % chunk_size] : nullptr;
}

slot* make(std::size_t index) noexcept {
    if (index >= chunk_size * chunk_count) {
        return nullptr;
    }
    std::atomic<chunk*>& place = chunks[index / chunk_size];
    if (place.load(std::memory_order_acquire) == nullptr) {
        std::unique_ptr<chunk> made(new (std::nothrow) chunk);
        chunk* none = nullptr;
        if (made == nullptr) {
            return nullptr;
        }
        if (place.compare_exchange_strong(none, made.get(), std::memory_order_acq_rel)) {
            (void)made.release();
        }
    }
    for (std::size_t before = highest.load(); before < index && !highest.compare_exchange_weak(before, index);) {
    }
    return find(index);
}

slot* enter(std::size_t index) noexcept {
    slot* const found = find(index);
    if (found == nullptr) {
        return nullptr;
    }
    std::uint32_t word = found->word.load(std::memory_order_relaxed);
    do {
        if ((word & open_bit) == 0) {
            return nullptr;
        }
    } while (!found->word.compare_exchange_weak(word, word + 1, std::memory_order_acquire, std::memory_order_relaxed));
    return found;
}

void destroy(std::unique_ptr<entry> last) noexcept {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if ((last->streams & (1U << static_cast<unsigned>(stream))) != 0) {
            close_stream(stream);
        }
    }
    if (last->descriptor() <= STDERR_FILENO) {
        unique_handle stream = last->release();
        close_stream(stream.get());
        (void)stream.release();
    }
}

void leave(slot& left) noexcept {
    if (left.word.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        // The slot is empty before the descriptor is closed: whoever gets its number finds it so.
        destroy(std::unique_ptr<entry>(left.held.exchange(nullptr, std::memory_order_acq_rel)));
    }
}

} // namespace

HANDLE install(std::unique_ptr<entry> made) noexcept {
    const int descriptor = made->descriptor();
    slot* const place = make(static_cast<std::size_t>(descriptor));
    if (place == nullptr) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
    place->held.store(made.release(), std::memory_order_release);
    place->word.store(open_bit | 1, std::memory_order_release);
    return handle_of(descriptor);
}

use::use(HANDLE handle) noexcept : slot_(enter(index_of(handle))) {
    if (slot_ != nullptr) {
        found_ = slot_->held.load(std::memory_order_acquire);
    }
}

use::use(use&& other) noexcept
    : slot_(std::exchange(other.slot_, nullptr)), found_(std::exchange(other.found_, nullptr)) {}

use::~use() {
    if (slot_ != nullptr) {
        leave(*slot_);
    }
}

entry* look_up(HANDLE handle) noexcept {
    const slot* const found = find(index_of(handle));
    return found != nullptr && (found->word.load(std::memory_order_relaxed) & open_bit) != 0
               ? found->held.load(std::memory_order_relaxed)
               : nullptr;
}

bool use::is_open() const noexcept { return (slot_->word.load(std::memory_order_seq_cst) & open_bit) != 0; }

bool remove(HANDLE handle) noexcept {
    const use closing(handle); // keeps the entry while its waits are ended
    if (!closing) {
        return false;
    }
    slot* const place = find(index_of(handle));
    if ((place->word.fetch_and(~open_bit, std::memory_order_seq_cst) & open_bit) == 0) {
        return false; // another thread was faster
    }
    closing->end(ERROR_BROKEN_PIPE);
    leave(*place); // the handle's own
    return true;
}

void for_each_handle(void (*visit)(void* context, HANDLE handle, entry& found), void* context) {
    for (std::size_t index = 0; index <= highest.load(); ++index) {
        const use found(handle_of(static_cast<int>(index)));
        if (found) {
            visit(context, handle_of(static_cast<int>(index)), *found);
        }
    }
}

} // namespace windpipe::win32
