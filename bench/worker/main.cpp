// A worker: a process that does one job with one library and reports. Every sample has a new one,
// so that no library sees the memory, threads or descriptors of another.
//
//   worker list                          the library, in each of the ways it is measured
//   worker run <way> <job> key=value... [-- program argument...]
#include "worker/job.hpp"

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

namespace {

template <class Offer>
nlohmann::json offered(const Offer& call) {
    return call ? nlohmann::json(true) : nlohmann::json(call.because());
}

nlohmann::json describe(const bench::peer& who) {
    return {{"name", who.name},
            {"version", who.version},
            {"kind", who.kind},
            {"jobs",
             {{"spawn", offered(who.spawn)},
              {"batch", offered(who.batch)},
              {"capture", offered(who.capture)},
              {"feed_back", offered(who.feed_back)},
              {"send", offered(who.send)},
              {"receive", offered(who.receive)},
              {"there_and_back", offered(who.there_and_back)},
              {"relay", offered(who.relay)},
              {"ping", offered(who.ping)},
              {"echo", offered(who.echo)},
              {"many", offered(who.many)},
              {"listen", offered(who.listen)},
              {"duct", offered(who.open)},
              {"notice", who.open && who.notices ? nlohmann::json(true)
                                                 : nlohmann::json("nobody is told that the other process has gone")}}}};
}

int list() {
    nlohmann::json all = nlohmann::json::array();
    for (const bench::peer& who : bench::peers()) {
        all.push_back(describe(who));
    }
    std::puts(all.dump().c_str());
    return 0;
}

const bench::peer& find(std::string_view name) {
    for (const bench::peer& who : bench::peers()) {
        if (who.name == name) {
            return who;
        }
    }
    throw std::runtime_error("this worker has no '" + std::string(name) + "'");
}

} // namespace

int main(int count, char** words) {
    if (count == 2 && std::strcmp(words[1], "list") == 0) {
        return list();
    }
    if (count < 4 || std::strcmp(words[1], "run") != 0) {
        std::fputs("usage: worker list | worker run WAY JOB key=value... [-- program argument...]\n", stderr);
        return 2;
    }
    try {
        const bench::parameters given(count - 4, words + 4);
        bench::prepare_process(given);
        bench::send_report(bench::run_job(find(words[2]), words[3], given));
        return 0;
    } catch (const std::exception& cause) {
        bench::send_report({{"error", cause.what()}});
        return 1;
    }
}
