// attached.hpp - what a reactor keeps with a handle, as the handle's owner sees it. See
// platform/platform.hpp.
#pragma once

#include <memory>

namespace windpipe::platform {

class attachment;

struct detach {
    void operator()(attachment* what) const noexcept;
};
using attachment_ptr = std::unique_ptr<attachment, detach>;

} // namespace windpipe::platform
