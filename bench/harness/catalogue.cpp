#include "harness/workers.hpp"

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace bench {

std::string way::why_not(const std::string& job) const {
    const auto found = jobs.find(job);
    if (found == jobs.end()) {
        return "does not know this job";
    }
    return found->is_string() ? found->get<std::string>() : "";
}

const way& catalogue::find(const std::string& name) const {
    for (const way& each : ways) {
        if (each.name == name) {
            return each;
        }
    }
    throw std::runtime_error("no worker offers '" + name + "'");
}

namespace {

std::string list_of(const std::vector<std::string>& start) {
    std::string line;
    for (const std::string& word : start) {
        line += "'" + word + "' ";
    }
    std::FILE* pipe = popen((line + "list").c_str(), "re");
    std::string text;
    char buffer[4096];
    while (pipe != nullptr && std::fgets(buffer, sizeof(buffer), pipe) != nullptr) {
        text += buffer;
    }
    if (pipe != nullptr) {
        pclose(pipe);
    }
    return text;
}

} // namespace

catalogue load_catalogue() {
    catalogue all;
    for (const nlohmann::json& entry : nlohmann::json::parse(std::ifstream(BENCH_WORKERS))) {
        const auto name = entry.at("name").get<std::string>();
        if (entry.contains("absent")) {
            all.missing.push_back({name, entry.at("absent").get<std::string>()});
            continue;
        }
        const auto start = entry.at("start").get<std::vector<std::string>>();
        const nlohmann::json listed = nlohmann::json::parse(list_of(start), nullptr, false);
        if (!listed.is_array()) {
            all.missing.push_back(
                {name, "its worker does not run: " + start.back().substr(start.back().rfind('/') + 1)});
            continue;
        }
        for (const nlohmann::json& each : listed) {
            all.ways.push_back({each.at("name").get<std::string>(), each.at("version").get<std::string>(),
                                each.at("kind").get<std::string>(), start, each.at("jobs")});
        }
    }
    return all;
}

} // namespace bench
