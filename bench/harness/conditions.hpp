// conditions.hpp - what the machine was like around a sample: what decides whether a number can be believed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bench {

/// The processors this process may use, lowest first.
std::vector<int> usable_cpus();
/// The calling thread runs on these from now on.
void run_on(const std::vector<int>& cpus);

/// The two that benchmarks between processors use; none on a machine with one.
struct cpu_pair {
    int first = 0;
    int second = 0;
};
std::optional<cpu_pair> choose_cpus();

/// Round trip of one cache line between the two processors, in nanoseconds: the median of short blocks. In a virtual
/// machine this tells whether the host runs both on one die or on two, which changes within seconds.
double bounce_ns(cpu_pair cpus);

/// What it takes to wake a thread that sleeps on the other processor, one way, in microseconds: half of a blocking
/// round trip over a kernel pipe.
double wake_up_us(cpu_pair cpus);

/// Has the host back so much memory, in huge pages and small ones, that the next process gets. In a virtual machine
/// fresh memory may cost ten times what used one does, and the row that comes first would pay for all.
void warm_memory(std::uint64_t bytes);

/// Processor time since boot, in seconds, over all processors; and that of this process and its reaped children.
struct load {
    double busy = 0;
    double stolen = 0; ///< wanted by this machine, given by the host to others
    double own = 0;
};
load load_now();

/// Whether this system limits how many descriptors a process may have open.
bool limits_descriptors();

/// The unit of load::busy: differences below it mean nothing.
double load_resolution_seconds();

} // namespace bench
