#include "harness/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace bench {

options parse_options(int count, char** words, const std::string& title, accepted extra) {
    options chosen;
    for (int index = 1; index < count; ++index) {
        if (std::string_view(words[index]) == "--json") {
            ++index;
        } else if (!std::string_view(words[index]).starts_with("--json=")) {
            chosen.words.emplace_back(words[index]);
        }
    }
    CLI::App app(title);
    app.add_option("--reps", chosen.repetitions, "repetitions of every case, in turns")->check(CLI::Range(1, 1000));
    app.add_flag("--quick", chosen.quick, "few repetitions and little data: shows that it works, not how fast");
    app.add_flag("--full", chosen.full, "all sizes and the full amount of data");
    app.add_option("--only", chosen.only, "only row groups whose name contains this");
    app.add_option("--json", chosen.json, "write the results to this file");
    app.add_option("--tries", chosen.tries, "take a disturbed sample at most this often")->check(CLI::Range(1, 100));
    app.add_option("--retry-seconds", chosen.retry_seconds, "time to spend on taking disturbed samples again");
    app.add_option("--near-ns", chosen.near_ns, "a cache line bounces in less than this between near CPUs");
    if (extra.shapes) {
        app.add_option("--sizes", chosen.sizes, "bytes per write and read")->check(CLI::PositiveNumber);
        app.add_option("--capacities", chosen.capacities, "bytes the pipe holds")->check(CLI::PositiveNumber);
        app.add_flag("--touch", chosen.touch, "the writer fills and the reader compares every byte");
    }
    if (extra.heaps) {
        app.add_option("--heap-mib", chosen.heaps_mib,
                       "touched memory of big parents; 8192 shows the cost of fork best")
            ->check(CLI::PositiveNumber);
    }
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& problem) {
        std::exit(app.exit(problem));
    }
    if (chosen.quick) {
        chosen.repetitions = std::min(chosen.repetitions, 2);
        chosen.retry_seconds = 0;
    }
    return chosen;
}

} // namespace bench
