// write_to_number NUMBER TEXT - writes TEXT to what has this number here: a descriptor, the value of a handle.
#include "system.hpp"

int child_main(const std::vector<std::string>& args) {
    if (args.size() != 3) {
        return 99;
    }
    return child_system::write_to_number(std::stoull(args[1]), args[2]) ? 0 : 98;
}
