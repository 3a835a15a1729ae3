#include "sys.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "make waitable";

} // namespace

result<unique_handle> end_waitable(native_handle /*end*/, direction /*way*/) {
    return std::unexpected(
        error{std::make_error_code(std::errc::operation_not_supported), step,
              "no handle of Windows tells the state of a pipe: an end that is overlapped can be given "
              "to a completion port"});
}

result<unique_handle> process_waitable(const process& what) {
    auto copy = sys::duplicate_handle(what.handle.get(), false, SYNCHRONIZE);
    return copy ? result<unique_handle>(std::move(copy)) : sys::failed(step);
}

} // namespace windpipe::platform
