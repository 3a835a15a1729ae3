// options.hpp - what can be asked of the benchmark programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct options {
    std::vector<std::string> words; ///< all of this, as it was asked for, but where the results go
    int repetitions = 7;
    bool quick = false;
    bool full = false;
    std::string only;              ///< part of a row group's name
    std::string json;              ///< where to write the results; nowhere if empty
    int tries = 5;                 ///< at most this often a disturbed sample is taken
    double retry_seconds = 10;     ///< ... as long as all samples that were taken again used less than this
    double disturbed_share = 0.05; ///< of all processor time, used by others
    double near_ns = 300;          ///< a cache line's round trip below this: the two CPUs are near
    double sample_timeout_seconds = 120;

    // Of single questions.
    std::vector<std::uint64_t> sizes;      ///< bytes per write and read
    std::vector<std::uint64_t> capacities; ///< bytes the pipe holds
    std::vector<std::uint64_t> heaps_mib;  ///< touched memory of big parents
    bool touch = false;                    ///< the writer fills and the reader compares every byte

    [[nodiscard]] bool wants(const std::string& group) const { return group.find(only) != std::string::npos; }
};

/// The options that only some questions have.
struct accepted {
    bool shapes = false; ///< --sizes, --capacities, --touch
    bool heaps = false;  ///< --heap-mib
};

/// Reads the command line; prints help or a complaint and exits where that is asked for.
options parse_options(int count, char** words, const std::string& title, accepted extra = {});

} // namespace bench
