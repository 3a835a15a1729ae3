#include "streams.hpp"
#include "sys.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

HANDLE handle_of(std::uint64_t number) noexcept {
    return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(number));
}

std::uint64_t number_of(HANDLE handle) noexcept { return reinterpret_cast<std::uintptr_t>(handle); }

/// Not every pipe has a name that the system tells: then its kind and sizes have to do.
std::optional<end_identity> identity_of(HANDLE end) {
    sys::pipe_facts facts{};
    if (!sys::query_pipe(end, &facts)) {
        return std::nullopt;
    }
    constexpr std::uint64_t prime = 0x100000001b3; // of FNV-1a
    std::uint64_t name = 0;
    for (const wchar_t c : sys::pipe_name(end)) {
        name = (name ^ static_cast<std::uint64_t>(c)) * prime;
    }
    std::uint64_t kind = 0;
    for (const ULONG fact : {facts.type, facts.configuration, facts.end, facts.inbound_quota, facts.outbound_quota,
                             facts.most_instances}) {
        kind = (kind ^ fact) * prime;
    }
    return end_identity{name, kind};
}

} // namespace

result<passed_end> pass_end(native_handle end, std::size_t /*place*/) {
    auto copy = inheritable_end(end, "give");
    if (!copy) {
        return std::unexpected(std::move(copy).error());
    }
    const auto identity = identity_of(copy->get());
    if (!identity) {
        return sys::failed("give");
    }
    const HANDLE handle = copy->get();
    return passed_end{.owned = std::move(*copy), .handle = handle, .number = number_of(handle), .identity = *identity};
}

result<passed_end> pass_ring_part(native_handle part, std::size_t /*place*/) {
    auto copy = inheritable_copy(part, "give");
    if (!copy) {
        return std::unexpected(std::move(copy).error());
    }
    const HANDLE handle = copy->get();
    // A section has no name; that it is the memory of a ring is seen when it is mapped.
    return passed_end{.owned = std::move(*copy),
                      .handle = handle,
                      .number = number_of(handle),
                      .identity = identity_of(handle).value_or(end_identity{})};
}

result<native_handle> received_memory(std::uint64_t number, end_identity /*identity*/) {
    const HANDLE memory = handle_of(number);
    if (!sys::set_handle_information(memory, HANDLE_FLAG_INHERIT, 0)) {
        return sys::failed("adopt", ::GetLastError(),
                           "handle " + std::to_string(number) +
                               " was given to a parent of this process, and has not come here");
    }
    return memory;
}

result<native_handle> received_end(std::uint64_t number, direction way, end_identity identity) {
    const HANDLE end = handle_of(number);
    const std::string name = "handle " + std::to_string(number);
    DWORD flags = 0;
    if (!sys::get_handle_information(end, &flags)) {
        return sys::failed("adopt", ::GetLastError(),
                           name + " was given to a parent of this process, and has not come here");
    }
    if (identity_of(end) != identity) {
        return sys::failed("adopt", ERROR_INVALID_HANDLE, name + " is another object now than the end that was given");
    }
    if (auto checked = check_end(end, way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return end;
}

result<void> random_bytes(std::span<std::byte> into) {
    if (!sys::random_bytes(into.data(), static_cast<ULONG>(into.size()))) {
        return sys::failed("random bytes");
    }
    return {};
}

} // namespace windpipe::platform
