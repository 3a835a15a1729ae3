// The ring of the textbooks for one writer and one reader, in shared memory: what its two counters alone cost. It
// spins, knows of no other process and of no end, and believes what it reads.
#include "peers/shared_names.hpp"
#include "worker/peer.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>

namespace bench {

namespace {

constexpr std::size_t apart = 128;

struct counters {
    alignas(apart) std::atomic<std::uint64_t> written;
    alignas(apart) std::atomic<std::uint64_t> read;
    alignas(apart) char bytes[1];
};

class shared_ring {
public:
    shared_ring(const std::string& name, std::size_t capacity, bool make) : capacity_(std::bit_ceil(capacity)) {
        const std::string path = "/" + name;
        const int fd = shm_open(path.c_str(), make ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
        if (fd < 0 || (make && ftruncate(fd, static_cast<off_t>(size())) != 0)) {
            throw std::system_error(errno, std::generic_category(), path);
        }
        void* const memory = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (!make) {
            shm_unlink(path.c_str());
        }
        if (memory == MAP_FAILED) {
            throw std::system_error(errno, std::generic_category(), "mmap");
        }
        shared_ = make ? ::new (memory) counters : std::launder(static_cast<counters*>(memory));
    }
    ~shared_ring() { munmap(shared_, size()); }
    shared_ring(const shared_ring&) = delete;
    shared_ring& operator=(const shared_ring&) = delete;

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] counters& shared() const { return *shared_; }
    [[nodiscard]] char* at(std::uint64_t counter) const { return shared_->bytes + (counter & (capacity_ - 1)); }
    /// How many bytes follow in a row.
    [[nodiscard]] std::size_t row(std::uint64_t counter) const { return capacity_ - (counter & (capacity_ - 1)); }

private:
    [[nodiscard]] std::size_t size() const { return sizeof(counters) + capacity_; }

    std::size_t capacity_;
    counters* shared_;
};

/// For a while on the processor, then after the others.
class patience {
public:
    void wait() {
        constexpr int spins = 200;
        if (++turns_ > spins) {
            sched_yield();
        } else {
            __builtin_ia32_pause();
        }
    }

private:
    int turns_ = 0;
};

class writing_side {
public:
    explicit writing_side(std::unique_ptr<shared_ring> on) : ring_(std::move(on)) {}
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t count = std::min({bytes.size(), room(bytes.size()), ring_->row(written_)});
            std::memcpy(ring_->at(written_), bytes.data(), count);
            written_ += count;
            ring_->shared().written.store(written_, std::memory_order_release);
            bytes.remove_prefix(count);
        }
    }

private:
    /// As much as `wish`, or what there is after a look.
    std::size_t room(std::size_t wish) {
        patience more;
        while (free() == 0 || (free() < wish && read_ != ring_->shared().read.load(std::memory_order_relaxed))) {
            read_ = ring_->shared().read.load(std::memory_order_acquire);
            if (free() > 0) {
                break;
            }
            more.wait();
        }
        return free();
    }
    [[nodiscard]] std::size_t free() const { return ring_->capacity() - (written_ - read_); }

    std::unique_ptr<shared_ring> ring_;
    std::uint64_t written_ = 0;
    std::uint64_t read_ = 0; // as it was last seen
};

class reading_side {
public:
    explicit reading_side(std::unique_ptr<shared_ring> on) : ring_(std::move(on)) {}
    std::size_t read_some(std::span<char> into) {
        patience more;
        while (written_ == read_) {
            written_ = ring_->shared().written.load(std::memory_order_acquire);
            if (written_ == read_) {
                more.wait();
            }
        }
        const std::size_t count = std::min({into.size(), written_ - read_, ring_->row(read_)});
        std::memcpy(into.data(), ring_->at(read_), count);
        read_ += count;
        ring_->shared().read.store(read_, std::memory_order_release);
        return count;
    }

private:
    std::unique_ptr<shared_ring> ring_;
    std::uint64_t written_ = 0; // as it was last seen
    std::uint64_t read_ = 0;
};

} // namespace

std::span<const peer> peers() {
    static const peer all[] = {
        {.name = "textbook ring",
         .version = "two counters",
         .kind = "peer",
         .open =
             [](const meeting& at) {
                 return agree<shared_ring, writing_side, reading_side>(
                     at,
                     [&](const std::string& name) { return std::make_unique<shared_ring>(name, at.capacity, true); },
                     [&](const std::string& name) { return std::make_unique<shared_ring>(name, at.capacity, false); });
             },
         .notices = false}};
    return all;
}

} // namespace bench
