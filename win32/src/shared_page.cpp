#include "shared_page.hpp"

#include "descriptors.hpp"

#include <cerrno>
#include <climits>
#include <ctime>
#include <fcntl.h>
#include <linux/futex.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr std::uint64_t magic_number = 0x31'65'67'61'70'70'77; // "wppage1"
constexpr std::size_t page_size = 4096;
// Nobody can take the memory away under our feet.
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
constexpr long look_again_after = 20'000'000; // nanoseconds

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* timeout) noexcept {
    return ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

void* map(int memory) noexcept { return ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0); }

bool prepare(pthread_mutex_t& lock) noexcept {
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    const int outcome = pthread_mutex_init(&lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    return outcome == 0;
}

/// What locking gave: EOWNERDEAD is a lock, too. What the dead one has written stays written.
bool is_locked(pthread_mutex_t& lock, int outcome) noexcept {
    if (outcome == EOWNERDEAD) {
        (void)pthread_mutex_consistent(&lock);
        return true;
    }
    return outcome == 0;
}

} // namespace

shared_page::shared_page(unique_handle memory, layout* state, bool is_shared) noexcept
    : memory_(std::move(memory)), state_(state), asked_(state->asked), is_shared_(is_shared) {}

shared_page::~shared_page() { (void)::munmap(state_, page_size); }

std::shared_ptr<shared_page> shared_page::make(DWORD size) {
    static std::atomic<std::uint32_t> made{0};
    static_assert(sizeof(layout) <= page_size);
    unique_handle memory = park(unique_handle(::memfd_create("windpipe pipe", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
    if (!memory || ::ftruncate(memory.get(), page_size) != 0 || ::fcntl(memory.get(), F_ADD_SEALS, seals) != 0) {
        return nullptr;
    }
    void* const mapped = map(memory.get());
    if (mapped == MAP_FAILED) {
        return nullptr;
    }
    auto* const state = new (mapped) layout{};
    state->asked = size;
    state->creator = static_cast<std::uint32_t>(::getpid());
    state->id = made.fetch_add(1) + 1;
    if (!prepare(state->writing)) {
        (void)::munmap(mapped, page_size);
        return nullptr;
    }
    state->magic = magic_number;
    return std::shared_ptr<shared_page>(new shared_page(std::move(memory), state, false));
}

std::shared_ptr<shared_page> shared_page::open(unique_handle memory) {
    struct stat about{};
    const int sealed = memory ? ::fcntl(memory.get(), F_GET_SEALS) : -1;
    if (sealed == -1 || (sealed & seals) != seals || ::fstat(memory.get(), &about) != 0 ||
        about.st_size != static_cast<off_t>(page_size)) {
        return nullptr;
    }
    void* const mapped = map(memory.get());
    if (mapped == MAP_FAILED) {
        return nullptr;
    }
    auto* const state = static_cast<layout*>(mapped);
    if (state->magic != magic_number) {
        (void)::munmap(mapped, page_size);
        return nullptr;
    }
    return std::shared_ptr<shared_page>(new shared_page(std::move(memory), state, true));
}

std::uint64_t shared_page::id() const noexcept { return state_->id; }
DWORD shared_page::creator() const noexcept { return state_->creator; }

void shared_page::disconnect() noexcept {
    state_->disconnected.store(1);
    wake_writers();
}

bool shared_page::try_lock() noexcept { return is_locked(state_->writing, pthread_mutex_trylock(&state_->writing)); }

bool shared_page::lock(blocked& call) noexcept {
    // A lock cannot be waited for together with a descriptor: whether the call is called off is looked up now and then.
    while (call.why() == 0) {
        timespec until{};
        (void)::clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += look_again_after;
        until.tv_sec += until.tv_nsec / 1'000'000'000;
        until.tv_nsec %= 1'000'000'000;
        const int outcome = pthread_mutex_clocklock(&state_->writing, CLOCK_MONOTONIC, &until);
        if (is_locked(state_->writing, outcome)) {
            return true;
        }
        if (outcome != ETIMEDOUT) {
            return false;
        }
    }
    return false;
}

std::uint32_t shared_page::begin_waiting() noexcept {
    state_->writers_waiting.fetch_add(1);
    return state_->reads.load();
}

void shared_page::end_waiting() noexcept { state_->writers_waiting.fetch_sub(1); }

void shared_page::await_reader(std::uint32_t seen, int milliseconds) noexcept {
    const timespec timeout{milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
    (void)futex(state_->reads, FUTEX_WAIT, seen, &timeout);
}

void shared_page::wake_writers() noexcept {
    state_->reads.fetch_add(1);
    (void)futex(state_->reads, FUTEX_WAKE, INT_MAX, nullptr);
}

} // namespace windpipe::win32
