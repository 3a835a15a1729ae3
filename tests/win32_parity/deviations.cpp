// Where what runs the tests is not Windows: in these rows alone, and for these reasons, another answer is let pass.
#include "rows.hpp"

#include <algorithm>
#include <array>

namespace parity {

namespace {

struct deviation {
    std::string_view row;
    std::string_view reason;
};

/// Wine 8.0.
constexpr std::array wine{
    deviation{"3.9", "another error for a missing buffer"},
    deviation{"3.13", "flushes a read end"},
    deviation{"4.11", "counts what a missing buffer would get"},
    deviation{"4.15", "collects for a local pipe"},
    deviation{"4.18", "has another error for leaving as a client"},
    deviation{"5.10", "succeeds at cancelling nothing"},
    deviation{"5.12", "closes at once, and breaks the read"},
    deviation{"6.4h", "gives a copy more rights than its source"},
    deviation{"7.5", "skips a member of the list that is not inheritable"},
    deviation{"7.6", "lets a list be without inheritance"},
    deviation{"7.8", "passes standard handles that are not in the list"},
    deviation{"7.10", "passes standard handles without inheritance"},
    deviation{"7.18", "succeeds at ending a dead process"},
    deviation{"7.21", "waits for pseudo handles among several"},
    deviation{"CancelIo", "does not look at the kind of a handle"},
    deviation{"CancelIoEx", "does not look at the kind of a handle"},
    deviation{"TransactNamedPipe", "looks at the rights of a handle before its kind"},
    deviation{"section_kind", "takes a section for a file"},
};

/// What a kernel pipe of Linux cannot do exactly.
constexpr std::array layer{
    deviation{"1.12", "three descriptors for each pipe: four thousand fit a limit of 20,000 and leave room"},
    deviation{"2.13", "any of the blocked readers may be the first"},
    deviation{"3.11", "the beginning of a killed writer's write stays, at least as long as the pipe"},
    deviation{"4.5", "a pending read is not seen by the writer: nothing is taken instead of its part"},
    deviation{"4.9", "only what is in the pipe is counted"},
    deviation{"5.8", "the beginning of a cancelled write stays, at least as long as the pipe"},
    deviation{"5.12", "closes at once, and breaks the read"},
};

} // namespace

bool deviates(std::string_view row) {
    const auto in = [row](const auto& list) { return std::ranges::find(list, row, &deviation::row) != list.end(); };
    return system() == under::wine ? in(wine) : system() == under::layer && in(layer);
}

} // namespace parity
