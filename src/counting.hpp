// counting.hpp - what one end has done, where somebody wants to know.
#pragma once

#include <windpipe/pipe.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace windpipe::detail {

/// Counted by all calls on the end at once. Each number is exact; together they are of no single moment.
class counting {
public:
    void called() noexcept { calls_.fetch_add(1, std::memory_order_relaxed); }
    void moved(std::size_t bytes) noexcept { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
    void waited(std::chrono::nanoseconds time) noexcept {
        waits_.fetch_add(1, std::memory_order_relaxed);
        waited_.fetch_add(time.count(), std::memory_order_relaxed);
    }

    [[nodiscard]] end_counters values() const noexcept {
        return {.bytes = bytes_.load(std::memory_order_relaxed),
                .calls = calls_.load(std::memory_order_relaxed),
                .waits = waits_.load(std::memory_order_relaxed),
                .waited = std::chrono::nanoseconds(waited_.load(std::memory_order_relaxed))};
    }

private:
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::uint64_t> calls_ = 0;
    std::atomic<std::uint64_t> waits_ = 0;
    std::atomic<std::int64_t> waited_ = 0;
};

} // namespace windpipe::detail
