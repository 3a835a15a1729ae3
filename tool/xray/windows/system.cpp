// Windows does not tell which processes share a pipe, nor how full it is without the risk of waiting behind a call of
// the process that is looked at; see decision 0035.
#include "xray/system.hpp"

#include <utility>

namespace windpipe_tool::xray {

// NOLINTBEGIN(readability-convert-member-functions-to-static): the contract; other systems need the objects

observer::observer(std::string root) : root_(std::move(root)) {}

windpipe::result<std::vector<process_facts>> observer::everybody() const {
    return std::unexpected(windpipe::error{std::make_error_code(std::errc::function_not_supported), "look at processes",
                                           "Windows does not tell which processes share a pipe"});
}

std::optional<process_facts> observer::identify(process_id) const { return std::nullopt; }

std::vector<process_id> observer::children(process_id) const { return {}; }

std::optional<file_position> observer::input_of(process_id) const { return std::nullopt; }

process_sample observer::look(const process_facts& process) const {
    return {.pid = process.pid, .began = process.began, .threads = {}};
}

probe::probe(process_id process, const open_end& end) : kind_(end.channel.kind), process_(process), end_(end) {}

bool probe::can_look() const { return false; }

channel_sample probe::look() const { return {}; }

// NOLINTEND(readability-convert-member-functions-to-static)

} // namespace windpipe_tool::xray
