// ring_messages.hpp - what several processes write to one ring, so that its reader can tell whether each is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace windpipe_test {

struct message_head {
    std::uint32_t who;
    std::uint32_t number; ///< of those that he has written before
    std::uint32_t size;   ///< of what follows
};

inline constexpr std::uint32_t messages_each = 300;

/// Of very different sizes, some larger than what a pipe keeps whole.
inline std::vector<std::byte> ring_message(std::uint32_t who, std::uint32_t number) {
    constexpr std::uint32_t most = 20'000;
    const message_head head{who, number, number * 7919 % (number % 3 == 0 ? most : 100)};
    std::vector<std::byte> bytes(sizeof head + head.size, static_cast<std::byte>(who * 31 + number));
    std::memcpy(bytes.data(), &head, sizeof head);
    return bytes;
}

} // namespace windpipe_test
