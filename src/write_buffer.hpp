// write_buffer.hpp - the bytes of a buffered_writer, as it and a reader that is tied to it share them.
#pragma once

#include "core/cutting.hpp"

#include <windpipe/pipe.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace windpipe::detail {

class write_buffer {
public:
    explicit write_buffer(pipe_writer end) noexcept : end_(std::move(end)) {}

    result<void> write(const_buffer bytes, const wait_limit& limit);
    result<void> flush(const wait_limit& limit);

    [[nodiscard]] std::size_t size() const noexcept { return last_ - first_; }
    [[nodiscard]] pipe_writer& end() noexcept { return end_; }

private:
    using clock = std::chrono::steady_clock;

    bool is_due(std::size_t more) noexcept;

    pipe_writer end_;
    std::size_t first_ = 0; // of what is not sent yet
    std::size_t last_ = 0;
    clock::time_point since_;    // when the oldest of it was written
    clock::time_point sent_{};   // the last time anything was
    std::size_t look_again_ = 0; // at the clock, when last_ is there
    std::array<std::byte, cutting::smallest> bytes_;
};

} // namespace windpipe::detail
