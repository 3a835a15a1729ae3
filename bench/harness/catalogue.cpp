#include "harness/process.hpp"
#include "harness/worker_process.hpp"
#include "harness/workers.hpp"

#include <algorithm>
#include <filesystem>
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

const way* catalogue::look_up(const std::string& name) const {
    const auto found = std::ranges::find(ways, name, &way::name);
    return found == ways.end() ? nullptr : &*found;
}

const way& catalogue::find(const std::string& name) const {
    if (const way* const found = look_up(name)) {
        return *found;
    }
    throw std::runtime_error("no worker offers '" + name + "'");
}

catalogue load_catalogue() {
    catalogue all;
    for (const nlohmann::json& entry : nlohmann::json::parse(std::ifstream(beside_program("workers.json")))) {
        const auto name = entry.at("name").get<std::string>();
        if (entry.contains("absent")) {
            all.missing.push_back({name, entry.at("absent").get<std::string>()});
            continue;
        }
        auto start = entry.at("start").get<std::vector<std::string>>();
        start.front() = beside_program(start.front());
        std::vector<std::string> listing = start;
        listing.emplace_back("list");
        const nlohmann::json listed = nlohmann::json::parse(output_of(listing), nullptr, false);
        if (!listed.is_array()) {
            all.missing.push_back(
                {name, "its worker does not run: " + std::filesystem::path(start.back()).filename().string()});
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
