#include "descriptors.hpp"

#include "platform/platform.hpp"

#include <climits>

namespace windpipe::platform {

namespace {

/// An inode of the file system of pipes belongs to one pipe, as long as that lives.
end_identity identity_of(const struct stat& about) noexcept { return {about.st_dev, about.st_ino}; }

} // namespace

result<passed_end> pass_end(native_handle end, std::size_t place) {
    struct stat about{};
    if (sys::fstat(end, &about) == -1) {
        return sys::failed("give", errno, "descriptor " + std::to_string(end));
    }
    return passed_end{.handle = end, .number = first_own_descriptor + place, .identity = identity_of(about)};
}

result<passed_end> pass_ring_part(native_handle part, std::size_t place) { return pass_end(part, place); }

namespace {

/// That it is open, and the same file.
result<int> received(std::uint64_t number, end_identity identity) {
    const std::string name = "descriptor " + std::to_string(number);
    struct stat about{};
    if (number < first_own_descriptor || number > INT_MAX) {
        return sys::failed("adopt", EBADF, name + " cannot have been given");
    }
    const int end = static_cast<int>(number);
    if (sys::fstat(end, &about) == -1) {
        return sys::failed("adopt", errno, name + " was given to a parent of this process, and has not come here");
    }
    if (identity_of(about) != identity) {
        return sys::failed("adopt", EBADF, name + " is another file now than the end that was given");
    }
    return end;
}

} // namespace

result<native_handle> received_end(std::uint64_t number, direction way, end_identity identity) {
    const auto end = received(number, identity);
    if (!end) {
        return end;
    }
    if (auto checked = check_end(*end, way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return end;
}

result<native_handle> received_memory(std::uint64_t number, end_identity identity) {
    const auto memory = received(number, identity);
    if (memory && sys::fcntl(*memory, F_SETFD, FD_CLOEXEC) == -1) {
        return sys::failed("adopt");
    }
    return memory;
}

result<void> random_bytes(std::span<std::byte> into) {
    if (sys::getrandom(into.data(), into.size()) != static_cast<ssize_t>(into.size())) { // up to 256 bytes are whole
        return sys::failed("random bytes");
    }
    return {};
}

} // namespace windpipe::platform
