// timer_heap.hpp - which of many times comes first. A binary heap whose members know their places.
#pragma once

#include <windpipe/async.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace windpipe {

/// Adding and removing cost a few steps however many there are, and no memory once the heap has been as large before.
class timer_heap {
public:
    using timer = detail::timer;

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    /// The one that comes first. PRE: not empty.
    [[nodiscard]] timer& first() const noexcept { return *heap_.front(); }

    /// False: no memory. PRE: it is in no heap.
    bool add(timer& what) noexcept {
        try {
            heap_.push_back(&what);
        } catch (const std::exception&) {
            return false;
        }
        rise(heap_.size() - 1);
        return true;
    }

    /// One that is in no heap is left alone.
    void remove(timer& what) noexcept {
        if (what.place == timer::unset) {
            return;
        }
        const std::size_t hole = std::exchange(what.place, timer::unset);
        timer* const last = heap_.back();
        heap_.pop_back();
        if (last != &what) {
            heap_[hole] = last;
            last->place = hole;
            sink(hole);
            rise(last->place);
        }
    }

private:
    void put(std::size_t place, timer* what) noexcept {
        heap_[place] = what;
        what->place = place;
    }
    void rise(std::size_t place) noexcept {
        timer* const what = heap_[place];
        while (place > 0 && what->due < heap_[(place - 1) / 2]->due) {
            put(place, heap_[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, what);
    }
    void sink(std::size_t place) noexcept {
        timer* const what = heap_[place];
        while (2 * place + 1 < heap_.size()) {
            std::size_t below = 2 * place + 1;
            if (below + 1 < heap_.size() && heap_[below + 1]->due < heap_[below]->due) {
                ++below;
            }
            if (what->due <= heap_[below]->due) {
                break;
            }
            put(place, heap_[below]);
            place = below;
        }
        put(place, what);
    }

    std::vector<timer*> heap_;
};

} // namespace windpipe
