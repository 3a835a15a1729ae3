// There is nothing to draw: a pipeline cannot be watched on Windows.
#include "xray/terminal.hpp"

namespace windpipe_tool::xray {

bool can_draw(stream /*where*/) { return false; }

screen::screen(stream /*where*/) {}
screen::~screen() = default;

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): the contract; elsewhere there is a screen
canvas screen::size() const { return {}; }

void screen::draw(const std::vector<std::string>& /*lines*/) const {}

} // namespace windpipe_tool::xray
