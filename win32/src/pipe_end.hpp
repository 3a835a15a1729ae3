// pipe_end.hpp - the two ends of an anonymous pipe.
#pragma once

#include "shared_page.hpp"

#include <windpipe/pipe.hpp>

#include <cstddef>
#include <unistd.h>

namespace windpipe::win32 {

/// What the rights of the ends of CreatePipe are. They look odd, but programs can see them.
constexpr ACCESS_MASK read_end_access = 0x120189;
constexpr ACCESS_MASK write_end_access = 0x120196;

/// How a read or write ended.
struct transfer_outcome {
    DWORD code = 0; ///< 0: it succeeded
    DWORD count = 0;

    /// Not so for what is still to be done.
    [[nodiscard]] bool is_any() const noexcept { return code != 0 || count != 0; }
};

/// What both ends have.
class pipe_end : public entry {
public:
    /// None for a pipe that was not made by the layer.
    [[nodiscard]] shared_page* page() const noexcept { return page_.get(); }
    [[nodiscard]] const std::shared_ptr<shared_page>& shared() const noexcept { return page_; }

    /// Whether calls on this end do not wait. The mode belongs to the end: all handles of it share it.
    [[nodiscard]] bool is_nowait() const noexcept;
    [[nodiscard]] bool set_nowait(bool wanted) const noexcept;
    [[nodiscard]] std::size_t in_pipe() const noexcept;
    [[nodiscard]] bool is_disconnected() const noexcept { return page_ != nullptr && page_->is_disconnected(); }
    /// What the pipe was made with.
    [[nodiscard]] DWORD size() const noexcept;

    /// A file object is signaled while nobody reads from or writes to it through this handle.
    [[nodiscard]] bool is_signaled() noexcept override { return !in_use(); }
    [[nodiscard]] watched watch() const noexcept override { return {}; }

protected:
    pipe_end(kind what, int descriptor, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept;
    std::shared_ptr<shared_page> page_;
};

/// The read end.
class read_end final : public pipe_end {
public:
    read_end(pipe_reader end, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept;
    ~read_end() override;
    read_end(const read_end&) = delete;
    read_end& operator=(const read_end&) = delete;
    /// *Returns*: none if it is no read end of a pipe; then `descriptor` is untouched.
    static std::unique_ptr<read_end> adopt(unique_handle&& descriptor, ACCESS_MASK access,
                                           std::shared_ptr<shared_page> page);

    transfer_outcome read(void* into, DWORD count);
    /// What seems to be there, by the plainest call of the kernel. PRE: is_alone(): if it waits after all, nobody could
    /// have called it off. *Returns*: neither code nor count if read() is to do it.
    transfer_outcome read_plainly(void* into, DWORD count) noexcept {
        if (page_ == nullptr || !page_->seems_filled() || page_->is_disconnected()) {
            return {};
        }
        const ssize_t got = ::read(descriptor(), into, count);
        if (got <= 0) {
            return {};
        }
        page_->took(static_cast<std::size_t>(got));
        return {0, static_cast<DWORD>(got)};
    }
    /// Whether a read would find data (0), nothing (ERROR_NO_DATA) or the end (ERROR_BROKEN_PIPE).
    [[nodiscard]] DWORD state() const noexcept;
    [[nodiscard]] const pipe_reader& end() const noexcept { return end_; }

    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] unique_handle release() noexcept override { return end_.release(); }

private:
    transfer_outcome await_data();
    transfer_outcome taken_outcome(const result<std::size_t>& outcome, DWORD why);
    pipe_reader end_;
};

/// The write end.
class write_end final : public pipe_end {
public:
    write_end(pipe_writer end, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept;
    static std::unique_ptr<write_end> adopt(unique_handle&& descriptor, ACCESS_MASK access,
                                            std::shared_ptr<shared_page> page);

    transfer_outcome write(const void* bytes, DWORD count);
    /// What fits in a pipe that is our own: nobody else writes to it, and as it has a reader, no signal is raised.
    /// PRE: is_alone(). *Returns*: neither code nor count if write() is to do it.
    transfer_outcome write_plainly(const void* bytes, DWORD count) {
        if (page_ == nullptr || !page_->is_our_own() || !page_->has_room(count) || page_->is_disconnected()) {
            return {};
        }
        page_->will_write(count);
        const ssize_t put = ::write(descriptor(), bytes, count);
        if (put == static_cast<ssize_t>(count)) [[likely]] {
            return {0, count};
        }
        if (put > 0) { // the kernel has given the pipe less than its size needs
            return write_rest({static_cast<const std::byte*>(bytes) + put, count - static_cast<DWORD>(put)}, count);
        }
        page_->did_not_write(count);
        return {};
    }
    /// Waits until all has been read.
    DWORD flush();

    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] unique_handle release() noexcept override { return end_.release(); }

private:
    [[nodiscard]] bool has_reader() const noexcept;
    transfer_outcome write_rest(const_buffer rest, DWORD count);
    transfer_outcome write_locked(const_buffer bytes);
    transfer_outcome write_without_page(const_buffer bytes);
    transfer_outcome write_waiting(const_buffer rest, DWORD count);
    DWORD await_room(blocked& call, std::size_t most);
    pipe_writer end_;
};

} // namespace windpipe::win32
