// pattern.hpp - bytes that tell their position, so that lost, repeated, torn or reordered data is noticed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace windpipe_test {

/// The byte at a position of the stream with this seed. No period shorter than 2^32 bytes; neighbouring seeds differ.
constexpr unsigned char pattern_byte(std::uint64_t position, std::uint32_t seed = 0) noexcept {
    // The finalizer of SplitMix64: cheap, and every bit of the position reaches the result.
    std::uint64_t mixed = position + (static_cast<std::uint64_t>(seed) + 1) * 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<unsigned char>(mixed ^ (mixed >> 31U));
}

/// Fills `into` with the bytes from `position` on.
inline void fill_pattern(std::span<std::byte> into, std::uint64_t position = 0, std::uint32_t seed = 0) noexcept {
    for (std::byte& byte : into) {
        byte = static_cast<std::byte>(pattern_byte(position++, seed));
    }
}

/// `size` bytes of the stream from `position` on.
inline std::vector<std::byte> pattern(std::size_t size, std::uint64_t position = 0, std::uint32_t seed = 0) {
    std::vector<std::byte> bytes(size);
    fill_pattern(bytes, position, seed);
    return bytes;
}

inline std::string pattern_text(std::size_t size, std::uint64_t position = 0, std::uint32_t seed = 0) {
    std::string text(size, '\0');
    std::ranges::generate(text, [&] { return static_cast<char>(pattern_byte(position++, seed)); });
    return text;
}

/// Where `bytes` first differ from the stream at `position`, if anywhere.
inline std::optional<std::size_t> pattern_difference(std::span<const std::byte> bytes, std::uint64_t position = 0,
                                                     std::uint32_t seed = 0) noexcept {
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        if (bytes[index] != static_cast<std::byte>(pattern_byte(position + index, seed))) {
            return index;
        }
    }
    return std::nullopt;
}

} // namespace windpipe_test
