// close_streams.hpp - a process without some of its standard streams.
#pragma once

#include <string_view>

namespace windpipe_test {

/// Closes our standard streams of these numbers ("02": stdin and stderr), as a careless parent may have done.
void close_streams(std::string_view numbers);

} // namespace windpipe_test
