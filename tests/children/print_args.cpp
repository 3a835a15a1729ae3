// print_args [--crt] ... - prints each argument as "LENGTH:BYTES\n"; --crt: as the C runtime's argv has them.
#include "common.hpp"

int child_main(const std::vector<std::string>& args) {
    const bool as_runtime = args.size() > 1 && args[1] == "--crt";
    return print_counted(as_runtime ? args : child_system::shell_arguments());
}
