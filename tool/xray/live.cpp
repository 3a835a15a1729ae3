#include "xray/live.hpp"

#include "exit_codes.hpp"
#include "xray/report.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace windpipe_tool::xray {

namespace {

constexpr std::size_t lines_of_words = 3;
constexpr std::size_t most_words = std::size_t{1} << 20U; // kept in memory

} // namespace

live::live(stream where, bool pictures, std::uint64_t expected)
    : where_(where), pictures_(pictures), picture_(expected) {
    if (pictures_) {
        said_.emplace();
    }
}

int live::show(sampler& looks) {
    if (pictures_) {
        picture_.update(looks);
        draw(looks);
        return succeeded;
    }
    if (looks.recent().length() < std::chrono::seconds(1)) {
        return succeeded;
    }
    std::string line = line_of(looks);
    picture_.update(looks);
    if (const std::string how_far = picture_.progress(); !how_far.empty()) {
        line.insert(0, how_far + "; ");
    }
    if (where_ == stream::output) {
        return print(line);
    }
    say(line);
    return succeeded;
}

void live::draw(sampler& looks) {
    if (said_ && said_->size() > most_words) {
        end();
        said_.emplace();
    }
    if (!screen_) {
        screen_.emplace(where_);
    }
    canvas on = screen_->size();
    auto words = said_->last_lines(std::min(lines_of_words, on.rows / 4));
    on.rows -= words.size();
    auto lines = picture_.draw(looks, on);
    for (std::string& each : words) {
        lines.push_back(shortened(each, on.columns));
    }
    screen_->draw(lines);
}

void live::end() {
    screen_.reset();
    said_.reset();
}

} // namespace windpipe_tool::xray
