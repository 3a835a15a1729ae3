#include "scratch.hpp"

#include "descriptors.hpp"

#include <array>

namespace windpipe::platform {

scratch_pipe* scratch_pipe::of_this_thread() {
    static thread_local scratch_pipe mine;
    if (!mine.reader_) {
        std::array<int, 2> fds{};
        if (sys::pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK) == -1) {
            return nullptr;
        }
        unique_handle second(fds[1]);
        auto reader = clear_of_standard(unique_handle(fds[0]), "make scratch pipe");
        auto writer = clear_of_standard(std::move(second), "make scratch pipe");
        if (!reader || !writer) {
            errno = (reader ? writer : reader).error().code.value();
            return nullptr;
        }
        mine.reader_ = std::move(*reader);
        mine.writer_ = std::move(*writer);
    }
    return &mine;
}

bool scratch_pipe::take(std::span<std::byte> into) {
    while (!into.empty()) {
        const ssize_t n = sys::read(reader(), into.data(), into.size());
        if (n <= 0) {
            const int kept = n == 0 ? EIO : errno;
            empty();
            errno = kept;
            return false;
        }
        into = into.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

void scratch_pipe::empty() noexcept {
    reader_.reset(); // the next use makes a new one
    writer_.reset();
}

} // namespace windpipe::platform
