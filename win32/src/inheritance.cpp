#include "inheritance.hpp"

#include "attribute_list.hpp"
#include "descriptors.hpp"
#include "inherited.hpp"
#include "last_error.hpp"
#include "startup.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr std::uint8_t bit_of(unsigned stream) { return static_cast<std::uint8_t>(1U << stream); }

bool is_inheritable(const entry& one) noexcept { return (one.flags & HANDLE_FLAG_INHERIT) != 0; }

} // namespace

int inheritance::null() noexcept {
    if (!null_) {
        null_ = park(unique_handle(::open("/dev/null", O_RDWR | O_CLOEXEC)));
    }
    return null_.get();
}

handle_record* inheritance::record_for(int descriptor) noexcept {
    const auto found = std::ranges::find(records_, descriptor, &handle_record::descriptor);
    return found != records_.end() ? &*found : nullptr;
}

/// The standard streams of a child have the numbers 0, 1 and 2, whatever has them here.
void inheritance::add(HANDLE handle, entry& found) {
    if (found.descriptor() > STDERR_FILENO && can_travel(found) && record_for(found.descriptor()) == nullptr) {
        held_.emplace_back(handle);
        records_.push_back(record_of(found, found.descriptor()));
    }
}

DWORD inheritance::add_list(std::span<const HANDLE> handles) {
    for (HANDLE const handle : handles) {
        const use found(handle);
        if (!found || !is_inheritable(*found)) {
            return ERROR_INVALID_PARAMETER;
        }
        add(handle, *found);
    }
    return 0;
}

void inheritance::add_stream(unsigned stream, HANDLE handle, bool must_be_inherited) {
    use found(handle);
    if (!found || !can_travel(*found)) {
        streams_[stream] = null();
        standard_[stream] = found || handle == INVALID_HANDLE_VALUE ? nullptr : handle;
        return;
    }
    handle_record* const known = record_for(found->descriptor());
    if (known == nullptr && must_be_inherited) { // the value alone arrives, and leads to nothing there
        streams_[stream] = null();
        standard_[stream] = handle;
        return;
    }
    streams_[stream] = found->descriptor();
    if (known != nullptr) { // one handle, and a stream for what is not built on the layer
        known->streams |= bit_of(stream);
        standard_[stream] = handle;
    } else {
        records_.push_back(record_of(*found, static_cast<int>(stream)));
        standard_[stream] = handle_of(static_cast<int>(stream));
    }
    held_.push_back(std::move(found));
}

DWORD inheritance::collect(const process_request& request) {
    const auto listed = request.attributes != nullptr ? handles_of(*request.attributes) : std::span<const HANDLE>();
    if (!listed.empty()) {
        if (!request.inherits) {
            return ERROR_INVALID_PARAMETER;
        }
        if (const DWORD code = add_list(listed); code != 0) {
            return code;
        }
    } else if (request.inherits) {
        for_each_handle(
            [](void* self, HANDLE handle, entry& found) {
                if (is_inheritable(found)) {
                    static_cast<inheritance*>(self)->add(handle, found);
                }
            },
            this);
    }
    for (unsigned stream = 0; stream < streams_.size(); ++stream) {
        HANDLE const handle = request.gives_streams ? request.streams[stream] : standard_handle(stream);
        const use found(handle);
        // Those that stand at 0 to 2 here have no number of their own there: they are judged by their flag alone.
        const bool is_own_stream =
            found && found->descriptor() <= STDERR_FILENO && is_inheritable(*found) && request.inherits;
        add_stream(stream, handle, request.gives_streams && !is_own_stream);
    }
    return std::ranges::find(streams_, -1) == streams_.end() ? 0 : ERROR_TOO_MANY_OPEN_FILES;
}

std::vector<int> inheritance::kept() const {
    std::vector<int> list;
    for (const handle_record& record : records_) {
        if (record.descriptor > STDERR_FILENO) {
            list.push_back(record.descriptor);
        }
        if (record.page != -1) {
            list.push_back(record.page);
        }
    }
    return list;
}

} // namespace windpipe::win32
