// Both sides of a ring, of which any word in the shared memory is replaced between any two steps: each side stays
// within the memory and believes only what can be true. The first byte chooses the capacity, each later one a step, for
// which some take more bytes: the word that is written.
#include "core/ring_indices.hpp"
#include "core/ring_words.hpp"

#include "require.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace {

using windpipe::ring_indices;
using side = windpipe::basic_ring_side<std::atomic>;

class input {
public:
    explicit input(std::span<const std::uint8_t> left) : left_(left) {}
    [[nodiscard]] bool empty() const { return left_.empty(); }
    std::uint64_t take(std::size_t bytes) {
        std::uint64_t value = 0;
        for (; bytes > 0 && !left_.empty(); --bytes) {
            value = value << 8U | left_.front();
            left_ = left_.subspan(1);
        }
        return value;
    }

private:
    std::span<const std::uint8_t> left_;
};

/// One side with its private copies, as src/ring_view.cpp uses them.
struct party {
    windpipe::ring_words words;
    ring_indices::side whose;
    std::size_t capacity;
    std::optional<ring_indices> indices;

    [[nodiscard]] bool writes() const { return whose == ring_indices::side::writes; }
    void act(std::uint64_t what) {
        if (!indices) {
            const std::uint64_t start = writes() ? words.own_start() : words.look_at_start();
            indices = ring_indices::begin(whose, capacity, words.own_counter(), words.look(), start);
        }
        if (!indices) {
            return;
        }
        const std::uint64_t before = indices->other();
        const std::size_t known = indices->amount();
        if ((what & 1U) != 0 && !indices->see(words.look())) {
            require(indices->other() == before && indices->amount() == known);
        } else if (!writes()) {
            indices->start_at(words.look_at_start());
        } else if ((what & 4U) != 0 && indices->start_again()) {
            require(indices->place() == 0);
            words.tell_start(indices->own());
        }
        require(indices->amount() >= known && indices->amount() <= capacity && indices->place() < capacity);
        const std::size_t count = indices->amount() == 0 ? 0 : (what >> 1U) % (indices->amount() + 1);
        require(indices->place() + count <= 2 * capacity); // as far as the memory is mapped
        indices->advance(count);
        if (words.publish(indices->own(), (what & 2U) != 0)) {
            words.announce();
        }
        if ((what & 0x80U) != 0) {
            indices.reset(); // the end goes to another process
        }
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    input in(std::span(data, size));
    const std::size_t capacity = std::size_t{1} << (in.take(1) % 8);
    side writer;
    side reader;
    std::array<party, 2> parties{
        party{windpipe::ring_words(writer, reader), ring_indices::side::writes, capacity, std::nullopt},
        party{windpipe::ring_words(reader, writer), ring_indices::side::reads, capacity, std::nullopt}};
    while (!in.empty()) {
        switch (const std::uint64_t step = in.take(1); step % 7) {
        case 0:
            writer.counter = in.take(8);
            break;
        case 1:
            reader.counter = in.take(8);
            break;
        case 2:
            (step % 12 == 2 ? writer : reader).waits = static_cast<std::uint32_t>(in.take(4));
            break;
        case 3:
            writer.start = in.take(8);
            break;
        case 4: // near to what could be
            writer.counter += in.take(1);
            break;
        default:
            parties.at(step % 2).act(in.take(1));
            break;
        }
    }
    return 0;
}
