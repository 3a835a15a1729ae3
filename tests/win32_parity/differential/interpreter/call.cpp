#include "call.hpp"

#include <cstdlib>

namespace differential {

void slots::clear() {
    for (HANDLE& each : handles_) {
        if (each != none()) {
            SetHandleInformation(each, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
            CloseHandle(each);
        }
        each = none();
    }
}

std::string slots::inheritable() const {
    std::string values;
    for (HANDLE each : handles_) {
        DWORD flags = 0;
        const bool goes =
            each != none() && GetHandleInformation(each, &flags) != FALSE && (flags & HANDLE_FLAG_INHERIT) != 0;
        values += " " + std::to_string(reinterpret_cast<std::uintptr_t>(goes ? each : none()));
    }
    return values;
}

void slots::inherit(char** values) {
    for (HANDLE& each : handles_) {
        each = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::strtoull(*values++, nullptr, 10)));
    }
}

std::uint32_t hash(std::string_view bytes) {
    std::uint32_t sum = 2166136261U;
    for (const char byte : bytes) {
        sum = (sum ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return sum;
}

std::string content(std::size_t size, unsigned seed) {
    std::string text(size, '\0');
    for (char& byte : text) {
        seed = seed * 1103515245U + 12345U;
        byte = static_cast<char>(seed >> 16U);
    }
    return text;
}

} // namespace differential
