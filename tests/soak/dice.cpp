#include "dice.hpp"

namespace windpipe_test::soak {

std::size_t dice::size() { return below(std::size_t{1} << below(19)); }

std::chrono::microseconds dice::moment() { return std::chrono::microseconds(below(std::size_t{1} << below(15))); }

windpipe::wait_limit dice::limit(const std::stop_source& stop) {
    switch (below(4)) {
    case 0:
        return {.until = moment()};
    case 1:
        return {.stop = stop.get_token()};
    case 2:
        return {.until = moment(), .stop = stop.get_token()};
    default:
        return {};
    }
}

} // namespace windpipe_test::soak
