// named_ends.cpp - a worker that gets two more pipes than its three streams, by name. The program starts itself as the
// worker; what that prints goes wherever our own output goes, and cannot get among its results.
#include <windpipe/windpipe.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

using windpipe::or_throw;

namespace {

// [worker]
// Adopted first: a name can be adopted once, and what we start afterwards gets neither the ends nor their names.
int work() {
    auto jobs = or_throw(windpipe::adopt_reader("jobs"));
    auto results = or_throw(windpipe::adopt_writer("results"));

    std::string job;
    or_throw(jobs.read_to_end(job));
    std::cout << "the worker has read " << job.size() << " bytes" << std::endl;
    or_throw(results.write("done: " + job));
    return 0;
}
// [/worker]

// [parent]
int lead(std::string_view own_program) {
    auto jobs = or_throw(windpipe::make_pipe());
    auto results = or_throw(windpipe::make_pipe());

    // The ends move into the command and are closed here as soon as the worker has them.
    auto worker = or_throw(windpipe::command{own_program, "--worker"}
                               .give("jobs", std::move(jobs.reader))
                               .give("results", std::move(results.writer))
                               .spawn());
    or_throw(jobs.writer.write("count the stars"));
    jobs.writer.close();

    std::string result;
    or_throw(results.reader.read_to_end(result));
    std::cout << result << '\n';
    return or_throw(worker.wait()).success() ? 0 : 1;
}
// [/parent]

} // namespace

int main(int argc, char** argv) {
    try {
        const bool worker = argc == 2 && std::string_view(argv[1]) == "--worker";
        return worker ? work() : lead(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "named_ends: " << failed.what() << '\n';
        return 1;
    }
}
