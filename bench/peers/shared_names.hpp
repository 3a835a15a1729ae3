// shared_names.hpp - how two processes agree on what they share by name: one makes it, tells the other, who opens it
// and takes the name away.
#pragma once

#include "worker/duct.hpp"

#include <stdexcept>
#include <string>

#include <unistd.h>

namespace bench {

inline std::string new_name() {
    static int count = 0;
    return "windpipe-bench-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

inline void tell(pipe_end to, const std::string& name) {
    const std::string line = name + "\n";
    if (write(to, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::runtime_error("the other process cannot be told of what is shared");
    }
}

inline std::string hear(pipe_end from) {
    std::string name;
    for (char byte = 0; read(from, &byte, 1) == 1;) {
        if (byte == '\n') {
            return name;
        }
        name += byte;
    }
    throw std::runtime_error("the other process does not tell what is shared");
}

/// A `Writer` and a `Reader`, each on a `Shared` of its own: made of a name by `make`, opened by `open`.
template <class Shared, class Writer, class Reader, class Make, class Open>
std::unique_ptr<duct> agree(const meeting& at, const Make& make, const Open& open) {
    const auto share = [&]() -> std::unique_ptr<Shared> {
        if (!at.leads) {
            return open(hear(at.in));
        }
        const std::string name = new_name();
        auto made = make(name);
        tell(at.out, name);
        return made;
    };
    std::unique_ptr<Shared> there;
    std::unique_ptr<Shared> back;
    for (const bool leader_sends : {true, false}) {
        if (leader_sends == at.leads ? at.sends : at.receives) {
            (leader_sends == at.leads ? there : back) = share();
        }
    }
    return std::make_unique<two_ends<Writer, Reader>>(
        there != nullptr ? std::make_unique<Writer>(std::move(there)) : nullptr,
        back != nullptr ? std::make_unique<Reader>(std::move(back)) : nullptr);
}

} // namespace bench
