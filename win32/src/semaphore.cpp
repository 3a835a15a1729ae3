#include "last_error.hpp"
#include "mutex.hpp"
#include "named.hpp"
#include "table.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <sys/eventfd.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

/// What an eventfd has. There is no call for it that changes nothing, but /proc tells.
std::uint64_t count_of(int descriptor) noexcept {
    std::array<char, 64> path{};
    (void)std::snprintf(path.data(), path.size(), "/proc/self/fdinfo/%d", descriptor);
    const unique_handle info(::open(path.data(), O_RDONLY | O_CLOEXEC));
    std::array<char, 512> text{};
    if (!info || ::read(info.get(), text.data(), text.size() - 1) <= 0) {
        return 0;
    }
    constexpr std::string_view word = "eventfd-count:";
    const char* const found = std::strstr(text.data(), word.data());
    if (found == nullptr) {
        return 0;
    }
    const char* begin = found + word.size();
    begin += std::strspn(begin, " \t");
    std::uint64_t count = 0;
    constexpr int hexadecimal = 16;
    (void)std::from_chars(begin, text.data() + text.size(), count, hexadecimal);
    return count;
}

std::mutex giving; // whoever counts and gives does it alone

} // namespace

bool semaphore::give(std::uint64_t count, LONG* before) noexcept {
    const std::lock_guard lock(giving);
    const std::uint64_t now = count_of(descriptor());
    if (now + count > most_) {
        return false;
    }
    if (before != nullptr) {
        *before = static_cast<LONG>(now);
    }
    (void)::eventfd_write(descriptor(), count);
    return true;
}

taken semaphore::try_take() noexcept {
    eventfd_t one = 0;
    return ::eventfd_read(descriptor(), &one) == 0 ? taken::yes : taken::no;
}

void semaphore::put_back() noexcept { (void)::eventfd_write(descriptor(), 1); }

std::unique_ptr<entry> semaphore::copy(unique_handle descriptor) const {
    return std::make_unique<semaphore>(std::move(descriptor), access(), most_);
}

ACCESS_MASK semaphore::mapped(ACCESS_MASK generic) const noexcept {
    return mapped_for_object(generic, SEMAPHORE_ALL_ACCESS);
}

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

extern "C" {

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                               LPCWSTR lpName) {
    if (lMaximumCount <= 0 || lInitialCount < 0 || lInitialCount > lMaximumCount) {
        fail(ERROR_INVALID_PARAMETER);
        return nullptr;
    }
    return create_object(lpSemaphoreAttributes, lpName, [&]() -> std::unique_ptr<entry> {
        unique_handle made(::eventfd(static_cast<unsigned>(lInitialCount), EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
        return made ? std::make_unique<semaphore>(std::move(made), SEMAPHORE_ALL_ACCESS,
                                                  static_cast<std::uint64_t>(lMaximumCount))
                    : nullptr;
    });
}
HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                               LPCSTR lpName) {
    return CreateSemaphoreW(lpSemaphoreAttributes, lInitialCount, lMaximumCount, lpName != nullptr ? L"" : nullptr);
}

BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount) {
    const use found(hSemaphore);
    semaphore* const known = found.as<semaphore>(kind::semaphore);
    if (known == nullptr) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (!known->allows(SEMAPHORE_MODIFY_STATE)) {
        return fail(ERROR_ACCESS_DENIED);
    }
    if (lReleaseCount <= 0) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    return known->give(static_cast<std::uint64_t>(lReleaseCount), lpPreviousCount) ? TRUE : fail(ERROR_TOO_MANY_POSTS);
}

} // extern "C"
