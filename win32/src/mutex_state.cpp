#include "mutex_state.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace windpipe::win32 {

mutex_state::~mutex_state() {
    if (free_event != -1) {
        (void)::close(free_event);
    }
}

void mutex_state::abandon() noexcept {
    depth = 0;
    abandoned = true;
    owner = 0;
    (void)::eventfd_write(free_event, 1);
}

} // namespace windpipe::win32
