// The probes that need little of the system.
#include "harness/conditions.hpp"
#include "harness/pipes.hpp"
#include "worker/traffic.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace bench {

namespace {

/// Runs on one processor for a while.
class pinned_here {
public:
    explicit pinned_here(int cpu) : before_(usable_cpus()) { run_on({cpu}); }
    ~pinned_here() { run_on(before_); }
    pinned_here(const pinned_here&) = delete;
    pinned_here& operator=(const pinned_here&) = delete;

private:
    std::vector<int> before_;
};

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace

std::optional<cpu_pair> choose_cpus() {
    const std::vector<int> all = usable_cpus();
    return all.size() < 2 ? std::nullopt : std::optional(cpu_pair{all[0], all[1]});
}

double bounce_ns(cpu_pair cpus) {
    constexpr int blocks = 60;
    constexpr unsigned bounces = 100;
    constexpr unsigned stop = ~0U;
    alignas(128) std::atomic<unsigned> turn{0};
    std::jthread other([&] {
        run_on({cpus.second});
        for (unsigned expected = 1;;) {
            const unsigned seen = turn.load(std::memory_order_acquire);
            if (seen == stop) {
                return;
            }
            if (seen == expected) {
                turn.store(expected + 1, std::memory_order_release);
                expected += 2;
            }
        }
    });
    const pinned_here here(cpus.first);
    std::vector<double> each;
    unsigned next = 1;
    for (int block = 0; block < blocks; ++block) {
        const std::int64_t begin = now_ns();
        for (unsigned bounce = 0; bounce < bounces; ++bounce, next += 2) {
            turn.store(next, std::memory_order_release);
            while (turn.load(std::memory_order_acquire) == next) {
            }
        }
        each.push_back(static_cast<double>(now_ns() - begin) / bounces);
    }
    turn.store(stop, std::memory_order_release);
    return median(each);
}

double wake_up_us(cpu_pair cpus) {
    constexpr int trips = 40;
    kernel_pipe there(0);
    kernel_pipe back(0);
    std::vector<double> each;
    {
        std::jthread other([&] {
            run_on({cpus.second});
            while (there.take() && back.put()) {
            }
        });
        const pinned_here here(cpus.first);
        for (int trip = 0; trip < trips; ++trip) {
            const std::int64_t begin = now_ns();
            if (!there.put() || !back.take()) {
                break;
            }
            each.push_back(static_cast<double>(now_ns() - begin) / 2000.0);
        }
        there.close_writer();
    }
    return each.empty() ? 0 : median(each);
}

} // namespace bench
