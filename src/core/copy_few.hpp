// copy_few.hpp - memcpy for lengths that are not known but small: a call less, and no registers saved for it.
#pragma once

#include <cstddef>
#include <cstring>

namespace windpipe {

inline constexpr std::size_t few = 64;

/// The halves may overlap in the middle: two moves of a size that is known do for every length up to twice that.
template <std::size_t Half>
void copy_halves(std::byte* to, const std::byte* from, std::size_t count) noexcept {
    std::memcpy(to, from, Half);
    std::memcpy(to + count - Half, from + count - Half, Half);
}

/// PRE: 0 < count <= few
inline void copy_few(std::byte* to, const std::byte* from, std::size_t count) noexcept {
    if (count >= 32) {
        copy_halves<32>(to, from, count);
    } else if (count >= 16) {
        copy_halves<16>(to, from, count);
    } else if (count >= 8) {
        copy_halves<8>(to, from, count);
    } else if (count >= 4) {
        copy_halves<4>(to, from, count);
    } else if (count >= 2) {
        copy_halves<2>(to, from, count);
    } else {
        *to = *from;
    }
}

} // namespace windpipe
