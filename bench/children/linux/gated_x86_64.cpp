// Waits until its standard input has ended, then writes 64 KiB of the pattern. Without a C library, as tiny.
#include "worker/traffic.hpp"

#include <array>

namespace {

constexpr std::array<char, 65536> text = [] {
    std::array<char, 65536> all{};
    for (std::size_t index = 0; index < all.size(); ++index) {
        all[index] = bench::pattern_byte(index);
    }
    return all;
}();

long call(long number, long first, const void* second, long third) {
    asm volatile("syscall" : "+a"(number) : "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
    return number;
}

} // namespace

extern "C" [[noreturn]] void _start() {
    char byte = 0;
    (void)call(0, 0, &byte, 1);                                                    // read
    const long written = call(1, 1, text.data(), static_cast<long>(text.size()));  // write
    (void)call(60, written == static_cast<long>(text.size()) ? 0 : 1, nullptr, 0); // exit
    __builtin_unreachable();
}
