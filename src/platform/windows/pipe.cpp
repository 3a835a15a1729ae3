#include "named_pipe.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <climits>
#include <cstdio>

namespace windpipe {

void detail::close_native(native_handle handle) noexcept { platform::sys::close_handle(handle); }

namespace platform {

namespace {

constexpr std::size_t default_capacity = 64UL * 1024;

/// A name for messages.
std::string text_of(native_handle handle) {
    char text[32];
    std::snprintf(text, sizeof text, "handle 0x%llx",
                  static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(handle)));
    return text;
}

} // namespace

// The limits are those of Linux, so that a program meets them on either system: at least a page, at most 2 GiB.
result<raw_pipe> create_pipe(std::size_t capacity, local_end local) {
    if (capacity > INT_MAX) {
        return sys::refused("set capacity", std::errc::invalid_argument,
                            std::to_string(capacity) + " bytes; a pipe holds at most 2 GiB");
    }
    const auto size =
        static_cast<DWORD>(capacity == 0 ? default_capacity : std::clamp(capacity, atomic_size, longest_transfer));
    if (local != local_end::none) {
        auto made = create_named_pipe(size, local);
        thread_context::forget_ends();
        return made;
    }
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    if (!sys::create_pipe(&reader, &writer, size)) {
        return sys::failed("make pipe");
    }
    thread_context::forget_ends();
    return raw_pipe{unique_handle(reader), unique_handle(writer)};
}

result<void> verify_end(native_handle handle, direction way) {
    ACCESS_MASK access = 0;
    if (handle == no_handle) { // to the system, this value is the process itself
        return sys::failed("adopt", ERROR_INVALID_HANDLE, "no handle");
    }
    if (!sys::query_access(handle, &access)) {
        return sys::failed("adopt", ::GetLastError(), text_of(handle));
    }
    sys::pipe_facts facts{};
    if (!sys::query_pipe(handle, &facts)) { // sockets too are of FILE_TYPE_PIPE, but do not answer this
        return sys::refused("adopt", std::errc::invalid_argument, text_of(handle) + " is not a pipe");
    }
    if ((access & (way == direction::read ? FILE_READ_DATA : FILE_WRITE_DATA)) == 0) {
        return sys::refused("adopt", std::errc::invalid_argument,
                            text_of(handle) + " is not the " + (way == direction::read ? "read" : "write") +
                                " end of a pipe");
    }
    DWORD mode = 0;
    if (!sys::get_named_pipe_mode(handle, &mode)) {
        return sys::failed("adopt");
    }
    if ((mode & PIPE_NOWAIT) != 0) {
        return sys::refused("adopt", std::errc::invalid_argument,
                            text_of(handle) + " is set to PIPE_NOWAIT; set it to PIPE_WAIT by SetNamedPipeHandleState");
    }
    return {};
}

result<void> check_end(native_handle handle, direction way) {
    if (auto verified = verify_end(handle, way); !verified) {
        return verified;
    }
    if (!sys::set_handle_information(handle, HANDLE_FLAG_INHERIT, 0)) {
        return sys::failed("adopt");
    }
    thread_context::forget_ends();
    return {};
}

result<std::optional<std::size_t>> splice_some(native_handle /*from*/, native_handle /*to*/, std::size_t /*most*/,
                                               interruption& /*reading*/, interruption& /*writing*/) {
    return std::nullopt;
}

result<std::optional<std::size_t>> tee_some(native_handle /*from*/, native_handle /*to*/, std::size_t /*most*/,
                                            interruption& /*reading*/, interruption& /*writing*/) {
    return std::nullopt;
}

result<std::size_t> available(native_handle reader) {
    DWORD bytes = 0;
    if (!sys::peek_named_pipe(reader, nullptr, 0, nullptr, &bytes)) {
        const DWORD code = ::GetLastError();
        return code == ERROR_BROKEN_PIPE ? result<std::size_t>(0) : sys::failed("available", code);
    }
    return bytes;
}

result<std::size_t> peek(native_handle reader, std::span<std::byte> into) {
    DWORD bytes = 0;
    const auto size = static_cast<DWORD>(std::min(into.size(), longest_transfer));
    if (!sys::peek_named_pipe(reader, into.data(), size, &bytes, nullptr)) {
        const DWORD code = ::GetLastError();
        return code == ERROR_BROKEN_PIPE ? result<std::size_t>(0) : sys::failed("peek", code);
    }
    return bytes;
}

result<std::size_t> capacity(native_handle end) {
    ACCESS_MASK access = 0;
    sys::pipe_facts facts{};
    if (!sys::query_access(end, &access) || !sys::query_pipe(end, &facts)) {
        return sys::failed("capacity");
    }
    return quota_of(facts, (access & FILE_WRITE_DATA) != 0);
}

bool enlarge(native_handle /*end*/, std::size_t /*bytes*/) noexcept { return false; }

result<unique_handle> duplicate(native_handle end) {
    unique_handle copy = sys::duplicate_handle(end, false);
    if (!copy) {
        return sys::failed("duplicate");
    }
    thread_context::forget_ends();
    return copy;
}

} // namespace platform
} // namespace windpipe
