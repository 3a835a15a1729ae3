// mutex_state.hpp - what the handles of one mutex share.
#pragma once

#include "windows.h"

#include <atomic>
#include <memory>

namespace windpipe::win32 {

/// Who owns a mutex. That somebody does is said by its eventfd, which all processes share: 1 is free, 0 is owned.
struct mutex_state {
    std::atomic<DWORD> owner{0};
    DWORD depth = 0; ///< of the owner alone
    std::atomic<bool> abandoned{false};
    int free_event = -1; ///< a parked descriptor

    ~mutex_state();
    /// Its owner has ended: the next one to wait for it is told.
    void abandon() noexcept;
};

} // namespace windpipe::win32
