#include "inquiry.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace windpipe::platform {

namespace {

std::optional<pipe_identity> identity_of(HANDLE handle) {
    sys::pipe_facts facts{};
    sys::file_name name{};
    if (!sys::query_pipe(handle, &facts) || facts.most_instances != 1 || !sys::query_name(handle, &name)) {
        return std::nullopt;
    }
    const std::size_t size = name.bytes / sizeof(wchar_t);
    if (size <= 1) { // nothing, or the root of all pipes
        return std::nullopt;
    }
    return pipe_identity{std::wstring(static_cast<const wchar_t*>(name.text), size), facts.end};
}

} // namespace

struct inquiry::state {
    std::mutex mutex;
    std::condition_variable changed;
    unique_handle subject; // what is asked about; none: no question is open
    std::optional<pipe_identity> answer;
    bool over = false;
    std::thread thread;

    void serve() noexcept {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return over || subject; });
            if (over) {
                return;
            }
            lock.unlock();
            std::optional<pipe_identity> found;
            try {
                found = identity_of(subject.get());
            } catch (const std::exception&) { // no memory: unknown
            }
            lock.lock();
            answer = std::move(found);
            subject.reset();
            changed.notify_all();
        }
    }
};

inquiry::~inquiry() {
    if (state_ == nullptr || !state_->thread.joinable()) {
        return;
    }
    {
        const std::scoped_lock lock(state_->mutex);
        state_->over = true;
        state_->changed.notify_all();
    }
    if (answers_) {
        state_->thread.join();
    } else {
        state_->thread.detach();
    }
}

std::optional<pipe_identity> inquiry::ask(unique_handle copy) {
    constexpr std::chrono::milliseconds patience(200);
    if (state_ == nullptr) {
        state_ = std::make_shared<state>();
    }
    state& with = *state_;
    if (!with.thread.joinable()) {
        try {
            with.thread = std::thread([mine = state_] { mine->serve(); });
        } catch (const std::exception&) { // no more threads
            answers_ = false;
            return std::nullopt;
        }
    }
    std::unique_lock lock(with.mutex);
    with.subject = std::move(copy);
    with.changed.notify_all();
    answers_ = with.changed.wait_for(lock, patience, [&with] { return !with.subject; });
    return answers_ ? std::exchange(with.answer, std::nullopt) : std::nullopt;
}

} // namespace windpipe::platform
