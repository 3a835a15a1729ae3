// dice.hpp - the random choices of one thread, the same for the same seed.
#pragma once

#include <windpipe/limits.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stop_token>

namespace windpipe_test::soak {

class dice {
public:
    explicit dice(std::uint64_t seed) : numbers_(seed) {}

    /// Less than `n`.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(numbers_() % n); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    /// A number of bytes: as often few as many.
    std::size_t size();
    /// Up to 16 ms, mostly less than one.
    std::chrono::microseconds moment();
    /// No limit, a moment, or somebody who stops.
    windpipe::wait_limit limit(const std::stop_source& stop);

private:
    std::mt19937_64 numbers_;
};

} // namespace windpipe_test::soak
