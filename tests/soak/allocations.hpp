// allocations.hpp - how many allocations of this program are alive.
#pragma once

#include <cstddef>

namespace windpipe_test::soak {

std::ptrdiff_t live_allocations() noexcept;

} // namespace windpipe_test::soak
