// attribute_list.hpp - what CreateProcess is told beside its parameters.
#pragma once

#include "windows.h"

#include <span>

struct _PROC_THREAD_ATTRIBUTE_LIST {
    DWORD most;
    DWORD count;
    const HANDLE* handles;
    SIZE_T handle_count;
};

namespace windpipe::win32 {

/// The handles that a child may inherit; none if the list does not say.
inline std::span<const HANDLE> handles_of(const _PROC_THREAD_ATTRIBUTE_LIST& list) {
    return {list.handles, list.handles != nullptr ? list.handle_count : 0};
}

} // namespace windpipe::win32
