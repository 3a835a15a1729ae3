// sleep_forever - blocks for ever, uses no processor time, prints nothing.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) { child_system::block_for_ever(); }
