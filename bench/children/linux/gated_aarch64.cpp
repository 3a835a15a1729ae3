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
    register long x8 asm("x8") = number;
    register long x0 asm("x0") = first;
    register const void* x1 asm("x1") = second;
    register long x2 asm("x2") = third;
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}

} // namespace

extern "C" [[noreturn]] void _start() {
    char byte = 0;
    (void)call(63, 0, &byte, 1);                                                   // read
    const long written = call(64, 1, text.data(), static_cast<long>(text.size())); // write
    (void)call(93, written == static_cast<long>(text.size()) ? 0 : 1, nullptr, 0); // exit
    __builtin_unreachable();
}
