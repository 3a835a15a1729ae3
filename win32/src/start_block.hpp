// start_block.hpp - what a process of the layer is told by the one that starts it.
#pragma once

#include "entry.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace windpipe::win32 {

/// A handle that a child is given, as it travels.
struct handle_record {
    std::int32_t descriptor; ///< in the child
    std::int32_t page;       ///< of the pipe; -1
    kind what;
    bool manual;          ///< of an event
    std::uint8_t streams; ///< entry::streams
    std::uint8_t unused;
    std::uint32_t access;
    std::uint32_t flags;
    std::uint64_t size; ///< most of a semaphore, bytes of a section
};

/// A shared piece of memory that outlives the start: the child leaves its exit code there, all 32 bits of it.
class start_block {
public:
    /// Its name in the child's environment; the value is the number of its descriptor.
    static constexpr const char* variable = "WINDPIPE_WIN32";

    /// *Returns*: none with errno set.
    static std::shared_ptr<start_block> make(std::span<const handle_record> handles,
                                             const std::array<HANDLE, 3>& standard, const std::string& command_line);
    /// Takes over the block that this process was started with. *Returns*: none if it is not for this process.
    static std::shared_ptr<start_block> take();

    ~start_block();
    start_block(const start_block&) = delete;
    start_block& operator=(const start_block&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return memory_.get(); }
    void close_descriptor() noexcept { memory_.reset(); }
    [[nodiscard]] std::span<const handle_record> handles() const noexcept;
    [[nodiscard]] std::array<HANDLE, 3> standard() const noexcept { return header_->standard; }
    [[nodiscard]] std::string command_line() const;

    /// Where the child side says who it is.
    [[nodiscard]] std::int32_t* process() const noexcept { return &header_->process; }

    /// For the child: its agent can be reached, or never will be.
    void set_begun() noexcept;
    [[nodiscard]] bool has_begun() const noexcept;

    /// For the child: what it ends with.
    void set_exit_code(DWORD code) noexcept;
    /// For the parent: what it has ended with, if it said so and `status`, the 8 bits that the kernel keeps, agrees.
    [[nodiscard]] DWORD exit_code(DWORD status) const noexcept;

private:
    struct header {
        std::uint64_t magic;
        std::uint64_t size;
        std::int32_t process;
        std::uint32_t has_ended;
        std::uint32_t exit_code;
        std::uint32_t handles;
        std::array<HANDLE, 3> standard;
        std::uint64_t command_line;
        std::uint32_t has_begun;
        std::uint32_t unused;
    };
    start_block(unique_handle memory, header* mapped, std::size_t size) noexcept;

    unique_handle memory_;
    header* header_;
    std::size_t size_;
};

} // namespace windpipe::win32
