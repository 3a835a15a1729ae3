#include "access.hpp"
#include "platform/platform.hpp"

#include <windpipe/holders.hpp>

#include <array>
#include <new>

namespace windpipe {

namespace {

result<holder_list> holders_of_other(const detail::pipe_end& end, platform::direction ours) {
    const detail::endpoint::use call(detail::access::endpoint_of(end));
    if (!call) {
        return std::unexpected(detail::endpoint::closed_error("find holders"));
    }
    const std::array<native_handle, 1> ends{call.handle()};
    try {
        return platform::holders(ends, ours);
    } catch (const std::bad_alloc&) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "find holders"});
    }
}

} // namespace

std::string holder_list::text() const {
    std::string line;
    for (const holder& one : known) {
        line += line.empty() ? "" : ", ";
        line += one.name.empty() ? "a program" : one.name;
        line += " (pid " + std::to_string(one.pid) + ", handle " + std::to_string(one.handle) + ")";
    }
    if (line.empty()) {
        return complete ? "nobody" : "somebody unknown";
    }
    return complete ? line : line + " and perhaps others";
}

result<holder_list> holders(const pipe_reader& reader) { return holders_of_other(reader, platform::direction::read); }
result<holder_list> holders(const pipe_writer& writer) { return holders_of_other(writer, platform::direction::write); }

} // namespace windpipe
