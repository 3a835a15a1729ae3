// inherited.hpp - handles that go to a child, and arrive there.
#pragma once

#include "entry.hpp"
#include "start_block.hpp"

#include <span>

namespace windpipe::win32 {

/// How a child will know the handle. `descriptor` is its number there.
handle_record record_of(const entry& given, int descriptor);

/// Whether another process can have a handle of this.
bool can_travel(const entry& one) noexcept;

/// An entry as it was described elsewhere, of descriptors that have come here. *Returns*: none if it is not that.
std::unique_ptr<entry> entry_from(const handle_record& record, unique_handle descriptor, unique_handle page);

/// Makes handles of all that was given to this process.
void adopt(std::span<const handle_record> records);

/// What a descriptor of unknown origin is: an end of a pipe, or a file. *Returns*: none if it is not open.
std::unique_ptr<entry> entry_of_descriptor(unique_handle descriptor);

} // namespace windpipe::win32
