// lend_streams - prints to stderr how its stdin and stdout are called, "IN OUT\n", so that its parent can take copies
// of them; then blocks for ever.
#include "system.hpp"

int child_main(const std::vector<std::string>& /*args*/) {
    using child_system::stream;
    const auto name = [](stream which) { return std::to_string(child_system::native_name(which)); };
    child_system::say(stream::err, name(stream::in) + " " + name(stream::out) + "\n");
    child_system::block_for_ever();
}
