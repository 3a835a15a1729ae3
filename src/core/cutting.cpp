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
/// In parts of at most this size, so that a size that is far worse is noticed before it has cost much.
constexpr std::size_t longest_part = std::size_t{1} << 18U;
constexpr std::size_t first_pause = std::size_t{1} << 26U;
constexpr std::size_t longest_pause = std::size_t{1} << 31U;
constexpr double twice = 2.0;

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
    return {.size = std::min({left, step_left_, longest_part}), .piece = size, .measured = true, .start = clock::now()};
}

void cutting::learn(const part& written, clock::time_point now) noexcept {
    cost& sum = costs_[step_ % 2];
    sum.bytes += written.size;
    sum.nanoseconds += static_cast<std::uint64_t>((now - written.start).count());
    step_left_ -= written.size;
    const bool hopeless = step_ % 2 == 1 && share_of_other(std::max(sum.bytes, step_size)) > twice;
    if ((step_left_ == 0 && ++step_ == steps) || hopeless) {
        settle(hopeless);
    }
    measuring_.store(false, std::memory_order_release);
}

/// What the other size took for each byte, if it were `bytes`, of what the one in use takes.
double cutting::share_of_other(std::size_t bytes) const noexcept {
    const auto& [mine, its] = costs_;
    return static_cast<double>(its.nanoseconds) * static_cast<double>(mine.bytes) /
           std::max(1.0, static_cast<double>(mine.nanoseconds) * static_cast<double>(bytes));
}

void cutting::settle(bool hopeless) noexcept {
    constexpr double enough = 0.97; // a smaller difference may be chance
    const bool better = !hopeless && share_of_other(costs_[1].bytes) < enough;
    if (better) {
        best_.store(static_cast<std::uint8_t>(other()), std::memory_order_relaxed);
    }
    const std::size_t longer = std::max(pause_, first_pause / 4) * (hopeless ? 16 : 4);
    pause_ = better ? first_pause : std::min(longer, longest_pause);
    settled_.store(trials_ == 0 ? 0 : pause_, std::memory_order_relaxed); // the first two follow each other
    ++trials_;
    step_ = 0;
    step_left_ = 0;
    costs_ = {};
}

} // namespace windpipe
