// inheritance.hpp - which handles a child gets, and as what.
#pragma once

#include "create_process.hpp"
#include "start_block.hpp"
#include "table.hpp"

#include <array>
#include <span>
#include <vector>

namespace windpipe::win32 {

/// What goes to one child. It holds uses of all of it until the child has been started.
class inheritance {
public:
    /// *Returns*: the error of Windows.
    DWORD collect(const process_request& request);

    /// What becomes 0, 1 and 2.
    [[nodiscard]] const std::array<int, 3>& streams() const noexcept { return streams_; }
    /// The descriptors that stay open: those of handles and of what belongs to them.
    [[nodiscard]] std::vector<int> kept() const;
    [[nodiscard]] std::span<const handle_record> records() const noexcept { return records_; }
    /// What GetStdHandle will give there.
    [[nodiscard]] const std::array<HANDLE, 3>& standard() const noexcept { return standard_; }

private:
    void add(HANDLE handle, entry& found);
    DWORD add_list(std::span<const HANDLE> handles);
    void add_stream(unsigned stream, HANDLE handle, bool must_be_inherited);
    [[nodiscard]] handle_record* record_for(int descriptor) noexcept;
    /// The null device, opened when it is first asked for. *Returns*: -1: it cannot be opened.
    int null() noexcept;

    std::vector<use> held_;
    std::vector<handle_record> records_;
    std::array<int, 3> streams_{-1, -1, -1};
    std::array<HANDLE, 3> standard_{};
    unique_handle null_;
};

} // namespace windpipe::win32
