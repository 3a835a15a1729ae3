// Random sequences of operations, compared step by step with the simplest thing that is a pipe: a queue of bytes.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <deque>
#include <random>

namespace windpipe_test {
namespace {

/// A pipe and what it must hold. Every call has a limit that has passed: nothing waits.
template <class Ends>
class modelled_pipe {
public:
    modelled_pipe(Ends ends, std::uint32_t seed)
        : ends_(std::move(ends)), capacity_(windpipe::or_throw(ends_.reader.capacity())), random_(seed) {}

    void step() {
        switch (pick(0, 99)) {
        case 0:
            return close_reader();
        case 1:
            return close_writer();
        default:
            break;
        }
        switch (pick(0, 6)) {
        case 0:
            return write();
        case 1:
            return write_some();
        case 2:
            return write_gather();
        case 3:
            return read_some();
        case 4:
            return fill_read();
        case 5:
            return peek();
        default:
            return available();
        }
    }

    [[nodiscard]] bool is_over() const { return !ends_.reader.is_open() && !ends_.writer.is_open(); }

private:
    std::size_t pick(std::size_t least, std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(least, most)(random_);
    }
    /// Mostly small, now and then of pages or more than all that fits.
    std::size_t pick_size() {
        switch (pick(0, 4)) {
        case 0:
            return pick(0, 3);
        case 1:
            return pick(4090, 4100);
        case 2:
            return pick(0, 2 * capacity_);
        default:
            return pick(1, 3000);
        }
    }

    /// What must be true of a write of `bytes` that moved `moved` of them.
    void wrote(std::span<const std::byte> bytes, std::size_t moved, const windpipe::error* failed) {
        if (!ends_.writer.is_open()) {
            ASSERT_NE(failed, nullptr);
            ASSERT_EQ(failed->code, std::errc::bad_file_descriptor);
        } else if (!ends_.reader.is_open() && !bytes.empty()) {
            ASSERT_NE(failed, nullptr);
            ASSERT_EQ(failed->code, std::errc::broken_pipe) << failed->message();
            ASSERT_EQ(moved, 0U);
            return;
        } else if (failed != nullptr) {
            ASSERT_EQ(failed->code, std::errc::timed_out) << failed->message();
            ASSERT_LT(moved, bytes.size());
            ASSERT_FALSE(held_.empty() && bytes.size() <= capacity_) << "it would have fitted into the empty pipe";
        }
        held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(moved));
        written_ += moved;
        ASSERT_LE(held_.size(), capacity_);
    }

    void write() {
        const auto bytes = pattern(pick_size(), written_);
        const auto outcome = ends_.writer.write(bytes, at_once());
        wrote(bytes, outcome ? bytes.size() : outcome.error().transferred, outcome ? nullptr : &outcome.error());
    }

    void write_some() {
        const auto bytes = pattern(pick_size(), written_);
        const auto outcome = ends_.writer.write_some(bytes, at_once());
        if (outcome && !bytes.empty()) {
            ASSERT_GE(*outcome, 1U);
        }
        wrote(bytes, outcome ? *outcome : outcome.error().transferred, outcome ? nullptr : &outcome.error());
    }

    void write_gather() {
        const auto bytes = pattern(pick_size(), written_);
        std::vector<windpipe::const_buffer> pieces;
        for (std::span<const std::byte> rest = bytes; !rest.empty();) {
            const std::size_t size = std::min(rest.size(), pick(0, 1 + bytes.size() / 3));
            pieces.push_back(rest.first(size));
            rest = rest.subspan(size);
        }
        const auto outcome = ends_.writer.write_gather(pieces, at_once());
        wrote(bytes, outcome ? bytes.size() : outcome.error().transferred, outcome ? nullptr : &outcome.error());
    }

    /// The front of what the pipe holds, taken out.
    std::vector<std::byte> take(std::size_t count) {
        const auto end = held_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<std::byte> front(held_.begin(), end);
        held_.erase(held_.begin(), end);
        return front;
    }

    void read_some() {
        std::vector<std::byte> buffer(pick_size());
        const auto outcome = ends_.reader.read_some(buffer, at_once());
        if (!ends_.reader.is_open()) {
            ASSERT_FAILS(outcome, bad_file_descriptor);
        } else if (buffer.empty() || (held_.empty() && !ends_.writer.is_open())) {
            ASSERT_EQ(outcome.value_or(99), 0U);
        } else if (held_.empty()) {
            ASSERT_FAILS(outcome, timed_out);
        } else {
            ASSERT_OK(outcome);
            ASSERT_EQ(*outcome, std::min(buffer.size(), held_.size())) << "it returns what is there";
            buffer.resize(*outcome);
            ASSERT_EQ(buffer, take(*outcome));
        }
    }

    void fill_read() {
        std::vector<std::byte> buffer(pick_size());
        const auto outcome = ends_.reader.read(buffer, at_once());
        if (!ends_.reader.is_open()) {
            ASSERT_FAILS(outcome, bad_file_descriptor);
            return;
        }
        const std::size_t expected = std::min(buffer.size(), held_.size());
        if (expected < buffer.size() && ends_.writer.is_open()) {
            ASSERT_FAILS(outcome, timed_out);
            ASSERT_EQ(outcome.error().transferred, expected);
        } else {
            ASSERT_OK(outcome);
            ASSERT_EQ(*outcome, expected);
        }
        buffer.resize(expected);
        ASSERT_EQ(buffer, take(expected));
    }

    void peek() {
        std::vector<std::byte> buffer(pick_size());
        const auto outcome = ends_.reader.peek(buffer);
        if (!ends_.reader.is_open()) {
            ASSERT_FAILS(outcome, bad_file_descriptor);
            return;
        }
        ASSERT_OK(outcome);
        ASSERT_EQ(*outcome, std::min(buffer.size(), held_.size()));
        buffer.resize(*outcome);
        ASSERT_TRUE(std::equal(buffer.begin(), buffer.end(), held_.begin()));
    }

    void available() {
        const auto outcome = ends_.reader.available();
        if (ends_.reader.is_open()) {
            ASSERT_EQ(outcome.value_or(windpipe::no_limit), held_.size());
        } else {
            ASSERT_FAILS(outcome, bad_file_descriptor);
        }
    }

    void close_reader() {
        ends_.reader.close();
        held_.clear();
    }
    void close_writer() { ends_.writer.close(); }

    Ends ends_;
    std::size_t capacity_;
    std::mt19937 random_;
    std::deque<std::byte> held_;
    std::uint64_t written_ = 0;
};

PIPE_TEST(pipe_model, behaves_as_a_queue_of_bytes_under_random_operations) {
    for (std::uint32_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        modelled_pipe pipe(this->make(), seed);
        for (int step = 0; step < 400 && !pipe.is_over(); ++step) {
            SCOPED_TRACE("step " + std::to_string(step));
            pipe.step();
            if (this->HasFailure()) {
                return;
            }
        }
    }
}

} // namespace
} // namespace windpipe_test
