// touch_memory MIB - writes to this much memory.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 2) {
        return 99;
    }
    std::vector<char> memory(std::stoul(args[1]) << 20U);
    for (std::size_t offset = 0; offset < memory.size(); offset += 1024) {
        const_cast<volatile char&>(memory[offset]) = 1;
    }
    return 0;
}
