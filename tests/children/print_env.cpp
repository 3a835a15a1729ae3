// print_env - prints each "NAME=value" of its environment as "LENGTH:BYTES\n".
#include "common.hpp"

int child_main(const std::vector<std::string>& /*args*/) { return print_counted(child_system::environment()); }
