#include "offer_words.hpp"
#include "ring_state.hpp"

#include <windpipe/handover.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace windpipe {

namespace detail {

using offer_words::failed;
using offer_words::is;
using offer_words::of;
using offer_words::secret_in;
using offer_words::time_is_over;
using offer_words::word;
using platform::conversation;
using platform::message;

namespace {

/// How long one visitor may keep the others waiting.
constexpr std::chrono::seconds patience(2);

std::optional<error> make_waker() try {
    auto waker = platform::waker::of_this_thread();
    return waker ? std::nullopt : std::optional(std::move(waker).error());
} catch (const std::bad_alloc&) {
    return error{std::make_error_code(std::errc::not_enough_memory), "make waker"};
}

} // namespace

class offer_state {
public:
    offer_state(pipe_end&& end, bool writes, const offer_options& options)
        : end_(std::move(end)), until_(options.valid_for) {
        token_.writes = writes;
    }
    offer_state(ring_end&& end, bool writes, const offer_options& options)
        : end_(std::move(end)), until_(options.valid_for) {
        token_.writes = writes;
        token_.ring = true;
    }
    ~offer_state() {
        quit_.close();
        if (thread_.joinable()) {
            {
                const std::scoped_lock lock(mutex_);
                changed_.notify_all();
            }
            thread_.join();
        }
    }
    offer_state(const offer_state&) = delete;
    offer_state& operator=(const offer_state&) = delete;

    /// Begins to serve.
    result<void> open();
    [[nodiscard]] std::string token() const { return encode_token(token_); }
    result<std::uint32_t> wait(const wait_limit& limit);

    /// After a failed open().
    template <class End>
    void take_back(End& into) && {
        into = std::move(std::get<End>(end_));
    }

private:
    enum class stage { opening, open, redeemed, expired };

    void serve();
    void next_visitor();
    void talk_to(const conversation& visitor);
    result<void> answer_with(word answer, const conversation& visitor, interruption& interrupted);
    void close_end() noexcept {
        if (auto* const pipe = std::get_if<pipe_end>(&end_)) {
            pipe->close();
        } else if (auto* const ring = std::get_if<ring_end>(&end_)) {
            ring->close();
        }
    }
    word answer_to(message& asked);
    void become(stage now, std::uint32_t taker = 0);
    void expire_in_time();

    // The thread's own, once it runs.
    std::variant<pipe_end, ring_end> end_;
    offer_token token_;
    unique_handle meeting_;
    const deadline until_;

    endpoint quit_{unique_handle()}; // closed: the thread shall end
    std::thread thread_;

    std::mutex mutex_; // guards what follows
    std::condition_variable_any changed_;
    stage stage_ = stage::opening;
    std::optional<error> cannot_serve_;
    std::uint32_t taker_ = 0;
};

result<void> offer_state::open() try {
    for (const std::span<std::byte> part : {std::span<std::byte>(token_.name), std::span<std::byte>(token_.secret)}) {
        if (auto made = platform::random_bytes(part); !made) {
            return made;
        }
    }
    auto meeting = platform::open_meeting(offer_name(token_));
    if (!meeting) {
        return std::unexpected(std::move(meeting).error());
    }
    meeting_ = std::move(*meeting);
    auto thread = platform::start_thread([this] { serve(); });
    if (!thread) {
        return std::unexpected(std::move(thread).error());
    }
    thread_ = std::move(*thread);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stage_ != stage::opening || cannot_serve_; });
    return cannot_serve_ ? result<void>(std::unexpected(*cannot_serve_)) : result<void>();
} catch (const std::bad_alloc&) {
    return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "offer"});
}

void offer_state::become(stage now, std::uint32_t taker) {
    const std::scoped_lock lock(mutex_);
    stage_ = now;
    taker_ = taker;
    changed_.notify_all();
}

/// What it needs in order to wait is made first: later nobody could be told that there is none.
void offer_state::serve() {
    if (auto lacking = make_waker()) {
        const std::scoped_lock lock(mutex_);
        cannot_serve_ = std::move(lacking);
        changed_.notify_all();
        return;
    }
    become(stage::open);
    while (!quit_.closing()) {
        next_visitor();
    }
}

/// No failure ends the offer: somebody else may have better luck, perhaps after a moment.
void offer_state::next_visitor() try {
    const wait_limit limit{.until = stage_ == stage::open ? until_ : never};
    interruption interrupted(limit, &quit_);
    const auto visitor = platform::next_visitor(meeting_, offer_name(token_), interrupted);
    expire_in_time();
    if (visitor) {
        talk_to(*visitor);
    } else if (!interrupted.why()) {
        constexpr std::chrono::milliseconds moment(10);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, moment, [this] { return quit_.closing(); });
    }
} catch (const std::bad_alloc&) { // NOLINT(bugprone-empty-catch): as any other failure
}

void offer_state::expire_in_time() {
    if (stage_ == stage::open && until_.has_passed()) {
        close_end();
        become(stage::expired);
    }
}

void offer_state::talk_to(const conversation& visitor) {
    const wait_limit limit{.until = patience};
    interruption interrupted(limit, &quit_);
    auto asked = platform::listen(visitor, interrupted);
    if (!asked || !is(asked->what, word::redeem)) {
        return;
    }
    const word answer = answer_to(asked->what);
    if (!answer_with(answer, visitor, interrupted)) {
        return;
    }
    const auto taken = platform::listen(visitor, interrupted); // otherwise: until he hangs up
    if (!taken || !is(taken->what, word::taken) || answer != word::given) {
        return;
    }
    close_end();
    interruption cannot_be_stopped(limit); // there is room for one word, and he waits for it
    (void)platform::say(visitor, of(word::yours), no_handle, cannot_be_stopped);
    become(stage::redeemed, visitor.other);
}

/// An end of a ring has four handles, each in a message of its own; the last may be none.
result<void> offer_state::answer_with(word answer, const conversation& visitor, interruption& interrupted) {
    if (const auto* const end = answer == word::given ? std::get_if<ring_end>(&end_) : nullptr) {
        const ring_state& parts = *ring_access::state_of(*end);
        for (const native_handle handle : {end->native_handle(), parts.wakes(), parts.memory(), parts.turns()}) {
            if (auto said = platform::say(visitor, of(answer), handle, interrupted); !said) {
                return said;
            }
        }
        return {};
    }
    const native_handle handle = answer == word::given ? std::get<pipe_end>(end_).native_handle() : no_handle;
    return platform::say(visitor, of(answer), handle, interrupted);
}

/// A visitor without the secret learns nothing else.
word offer_state::answer_to(message& asked) {
    if (!same_secret(secret_in(asked), token_.secret)) {
        return word::wrong_secret;
    }
    const std::scoped_lock lock(mutex_);
    return stage_ == stage::open ? word::given : stage_ == stage::redeemed ? word::redeemed : word::expired;
}

result<std::uint32_t> offer_state::wait(const wait_limit& limit) {
    std::unique_lock lock(mutex_);
    const auto is_over = [this] { return stage_ != stage::open; };
    const bool over = limit.until.is_never() ? changed_.wait(lock, limit.stop, is_over)
                                             : changed_.wait_until(lock, limit.stop, limit.until.at(), is_over);
    if (!over) {
        return limit.stop.stop_requested() ? failed("wait", std::errc::operation_canceled, {})
                                           : failed("wait", std::errc::timed_out, {});
    }
    return stage_ == stage::redeemed ? result<std::uint32_t>(taker_)
                                     : failed("wait", std::errc::identifier_removed, time_is_over);
}

} // namespace detail

offer::offer(std::unique_ptr<detail::offer_state> state) noexcept : state_(std::move(state)) {}
offer::offer(offer&& other) noexcept = default;
offer& offer::operator=(offer&& other) noexcept = default;
offer::~offer() = default;

template <class End>
result<offer> offer::begin(End& end, bool writes, const offer_options& options) try {
    if (!end.is_open()) {
        return std::unexpected(detail::endpoint::closed_error("offer"));
    }
    if constexpr (std::is_same_v<End, detail::ring_end>) {
        if (detail::ring_access::state_of(end)->is_shared()) {
            return std::unexpected(detail::has_duplicates("offer"));
        }
    }
    auto state = std::make_unique<detail::offer_state>(std::move(end), writes, options);
    if (auto opened = state->open(); !opened) {
        std::move(*state).take_back(end);
        return std::unexpected(std::move(opened).error());
    }
    return offer(std::move(state));
} catch (const std::bad_alloc&) {
    return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "offer"});
}

result<offer> offer::make(pipe_reader&& end, const offer_options& options) {
    return begin<detail::pipe_end>(end, false, options);
}
result<offer> offer::make(pipe_writer&& end, const offer_options& options) {
    return begin<detail::pipe_end>(end, true, options);
}
result<offer> offer::make(ring_reader&& end, const offer_options& options) {
    return begin<detail::ring_end>(end, false, options);
}
result<offer> offer::make(ring_writer&& end, const offer_options& options) {
    return begin<detail::ring_end>(end, true, options);
}

std::string offer::token() const { return state_ != nullptr ? state_->token() : std::string(); }

result<std::uint32_t> offer::wait(const wait_limit& limit) const {
    return state_ != nullptr ? state_->wait(limit)
                             : offer_words::failed("wait", std::errc::bad_file_descriptor, "this offer was moved from");
}

} // namespace windpipe
