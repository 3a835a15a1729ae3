// page.hpp - the records of a run as a page for people: one file, which needs no other and no network.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool {

/// Collects the records of one run. Of a long run it keeps some of the records `sample`, evenly, and never more than a
/// page can show; the others all.
class page {
public:
    void add(const nlohmann::json& record);

    /// The page. It holds the records themselves, in their order.
    [[nodiscard]] std::string text() const;

private:
    struct line {
        bool is_sample;
        std::string text;
    };
    void keep_every_second();

    std::vector<line> lines_;
    std::size_t samples_ = 0; // in lines_
    std::size_t seen_ = 0;    // since one was kept
    std::size_t one_of_ = 1;  // how many
};

namespace detail {
/// page.html, made by the build.
extern const std::string_view page_text;
} // namespace detail

} // namespace windpipe_tool
