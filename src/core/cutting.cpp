#include "cutting.hpp"

#include <algorithm>
#include <cstdint>

namespace windpipe {

namespace {

/// A trial: the size in use, the other one, and both once more, so that a change on the way meets both.
constexpr unsigned steps = 4;
/// So many bytes each: as much as a large pipe holds, because what is written into a pipe's free room shows nothing of
/// the other end.
constexpr std::size_t step_size = std::size_t{1} << 20U;
constexpr std::size_t first_pause = std::size_t{1} << 26U;
constexpr std::size_t longest_pause = std::size_t{1} << 31U;

} // namespace

/// The size that is tried against the one in use, as an index.
std::size_t cutting::other() const noexcept {
    static constexpr std::array<std::uint8_t, 4> turns{1, 2, 1, 3};
    const std::uint8_t turn = turns[trials_ % turns.size()];
    return best_.load(std::memory_order_relaxed) == turn ? 0 : turn;
}

cutting::part cutting::try_one(std::size_t left) noexcept {
    if (measuring_.exchange(true, std::memory_order_acquire)) {
        return {.size = left, .piece = piece()};
    }
    if (step_left_ == 0) {
        step_left_ = step_size;
    }
    const std::size_t size = sizes[step_ % 2 == 1 ? other() : best_.load(std::memory_order_relaxed)];
    return {.size = std::min(left, step_left_), .piece = size, .measured = true, .start = clock::now()};
}

void cutting::learn(const part& written, clock::time_point now) noexcept {
    cost& sum = costs_[step_ % 2];
    sum.bytes += written.size;
    sum.nanoseconds += static_cast<std::uint64_t>((now - written.start).count());
    step_left_ -= written.size;
    if (step_left_ == 0 && ++step_ == steps) {
        settle();
    }
    measuring_.store(false, std::memory_order_release);
}

void cutting::settle() noexcept {
    const std::size_t tried = other();
    const auto& [mine, its] = costs_;
    const double its_share = static_cast<double>(its.nanoseconds) * static_cast<double>(mine.bytes) /
                             std::max(1.0, static_cast<double>(mine.nanoseconds) * static_cast<double>(its.bytes));
    constexpr double enough = 0.97; // a smaller difference may be chance
    const bool better = its_share < enough;
    if (better) {
        best_.store(static_cast<std::uint8_t>(tried), std::memory_order_relaxed);
    }
    pause_ = better ? first_pause : std::clamp(pause_ * 4, first_pause, longest_pause);
    settled_.store(trials_ == 0 ? 0 : pause_, std::memory_order_relaxed); // the first two follow each other
    ++trials_;
    step_ = 0;
    costs_ = {};
}

} // namespace windpipe
