#include "events.hpp"

#include <windpipe/waitable.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include <windows.h>

namespace windpipe_tool {

struct events::state {
    std::mutex guard;
    std::condition_variable something;
    std::deque<event> waiting;

    struct watched {
        state* owner = nullptr;
        std::size_t index = 0;
        windpipe::unique_handle ended;
        HANDLE registration = nullptr;
    };
    std::vector<std::unique_ptr<watched>> stages;

    void add(const event& what) {
        const std::lock_guard lock(guard);
        waiting.push_back(what);
        something.notify_all();
    }
};

namespace {

std::mutex taker_guard;
events::state* taker = nullptr; // NOLINT: the console tells a function, not an object

asked meaning_of(DWORD control) {
    switch (control) {
    case CTRL_C_EVENT:
        return asked::interrupt;
    case CTRL_BREAK_EVENT:
        return asked::quit;
    case CTRL_CLOSE_EVENT:
        return asked::hang_up;
    default:
        return asked::terminate;
    }
}

/// Runs in a thread of its own. The console tells every process that is attached to it.
BOOL WINAPI on_control(DWORD control) {
    const std::lock_guard lock(taker_guard);
    if (taker == nullptr) {
        return FALSE;
    }
    taker->add({.what = event::kind::signal, .signal = meaning_of(control), .stages_know = true});
    return TRUE;
}

void CALLBACK on_end(void* context, BOOLEAN /*timed_out*/) {
    const auto* const stage = static_cast<const events::state::watched*>(context);
    stage->owner->add({.what = event::kind::stage_ended, .stage = stage->index});
}

} // namespace

events::events() : state_(std::make_unique<state>()) {
    const std::lock_guard lock(taker_guard);
    taker = state_.get();
    SetConsoleCtrlHandler(on_control, TRUE);
}

events::~events() {
    {
        const std::lock_guard lock(taker_guard);
        taker = nullptr;
    }
    SetConsoleCtrlHandler(on_control, FALSE);
    for (const auto& stage : state_->stages) {
        UnregisterWaitEx(stage->registration, INVALID_HANDLE_VALUE); // waits for the callback, if it runs
    }
}

windpipe::result<void> events::watch(const windpipe::child& stage, std::size_t index) {
    auto handle = windpipe::make_waitable(stage);
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    auto entry = std::make_unique<state::watched>();
    entry->owner = state_.get();
    entry->index = index;
    entry->ended = std::move(*handle);
    if (RegisterWaitForSingleObject(&entry->registration, entry->ended.get(), on_end, entry.get(), INFINITE,
                                    WT_EXECUTEONLYONCE) == 0) {
        return std::unexpected(windpipe::error{
            std::error_code(static_cast<int>(GetLastError()), std::system_category()), "RegisterWaitForSingleObject"});
    }
    state_->stages.push_back(std::move(entry));
    return {};
}

event events::next(const windpipe::deadline& until) {
    std::unique_lock lock(state_->guard);
    const auto is_there = [this] { return !state_->waiting.empty(); };
    if (until.is_never()) {
        state_->something.wait(lock, is_there);
    } else if (!state_->something.wait_until(lock, until.at(), is_there)) {
        return {};
    }
    const event first = state_->waiting.front();
    state_->waiting.pop_front();
    return first;
}

} // namespace windpipe_tool
