#include "page.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace windpipe_tool {

namespace {

constexpr std::size_t most_samples = 2000;

/// Within an HTML element `script`, "<" may end it or begin a comment. In JSON it stands only in texts, where this is
/// another way to write it. Source: "Restrictions for contents of script elements" in the HTML standard.
std::string harmless(const std::string& text) {
    std::string made;
    for (const char each : text) {
        made += each == '<' ? std::string("\\u003c") : std::string(1, each);
    }
    return made;
}

} // namespace

void page::add(const nlohmann::json& record) {
    const bool is_sample = record.value("record", "") == "sample";
    if (is_sample && ++seen_ < one_of_) {
        return;
    }
    seen_ = is_sample ? 0 : seen_;
    lines_.push_back({is_sample, harmless(record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))});
    samples_ += is_sample ? 1U : 0U;
    if (samples_ > most_samples) {
        keep_every_second();
    }
}

void page::keep_every_second() {
    std::size_t count = 0;
    std::erase_if(lines_, [&](const line& each) { return each.is_sample && count++ % 2 != 0; });
    samples_ = (samples_ + 1) / 2;
    one_of_ *= 2;
}

std::string page::text() const {
    constexpr std::string_view place = R"(id="records">[)";
    const std::size_t at = detail::page_text.find(place) + place.size();
    std::string made(detail::page_text.substr(0, at));
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        made += (i != 0 ? ",\n" : "\n") + lines_[i].text;
    }
    return made + '\n' + std::string(detail::page_text.substr(at));
}

} // namespace windpipe_tool
