#include "help.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <utility>

namespace windpipe_tool {

namespace {

class formatter final : public CLI::Formatter {
public:
    explicit formatter(std::string usage) : usage_(std::move(usage)) { column_width(24); }

    std::string make_usage(const CLI::App*, std::string) const override { return "Usage: " + usage_ + "\n"; }

private:
    std::string usage_;
};

} // namespace

void style_help(CLI::App& app, std::string usage, std::string footer) {
    app.formatter(std::make_shared<formatter>(std::move(usage)));
    app.footer(std::move(footer));
    app.set_help_flag("-h,--help", "Print this help and exit");
    // On Windows CLI11 would take /word for an option.
    app.allow_windows_style_options(false);
}

} // namespace windpipe_tool
