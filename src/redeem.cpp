#include "offer_words.hpp"
#include "ring_state.hpp"

#include <windpipe/handover.hpp>

#include <algorithm>
#include <new>
#include <type_traits>

namespace windpipe {

using detail::access;
using offer_words::failed;
using offer_words::is;
using offer_words::of;
using offer_words::secret_in;
using offer_words::word;
using platform::message;

namespace {

std::unexpected<error> refused(const message& answer) {
    if (is(answer, word::wrong_secret)) {
        return failed("redeem", std::errc::permission_denied, "this is not the token of the offer, but made up");
    }
    if (is(answer, word::redeemed)) {
        return failed("redeem", std::errc::already_connected, "this offer has been redeemed already");
    }
    if (is(answer, word::expired)) {
        return failed("redeem", std::errc::identifier_removed, offer_words::time_is_over);
    }
    return failed("redeem", std::errc::protocol_error, "the offerer does not talk as windpipe does");
}

result<void> check(const unique_handle& end, const offer_token& token) {
    auto checked =
        platform::check_end(end.get(), token.writes ? platform::direction::write : platform::direction::read);
    if (!checked && (checked.error().code == std::errc::invalid_argument ||
                     checked.error().code == std::errc::bad_file_descriptor)) {
        return failed("redeem", std::errc::protocol_error, "what was offered is not the end that the token names");
    }
    return checked;
}

template <class End>
constexpr bool is_of_ring = std::is_base_of_v<detail::ring_end, End>;

/// The end of which `first` is what came first: all of it, or of a ring one of four handles.
template <class End>
result<End> end_of(unique_handle& first, const offer_token& token, const platform::conversation& host,
                   interruption& interrupted) {
    if constexpr (is_of_ring<End>) {
        auto wakes = platform::listen(host, interrupted);
        if (!wakes) {
            return std::unexpected(std::move(wakes).error());
        }
        auto memory = platform::listen(host, interrupted);
        if (!memory) {
            return std::unexpected(std::move(memory).error());
        }
        auto turns = platform::listen(host, interrupted);
        if (!turns) {
            return std::unexpected(std::move(turns).error());
        }
        auto end = End::adopt({.woken_by = std::move(first),
                               .wakes = std::move(wakes->end),
                               .memory = std::move(memory->end),
                               .turns = std::move(turns->end),
                               .writes = token.writes});
        if (!end &&
            (end.error().code == std::errc::invalid_argument || end.error().code == std::errc::bad_file_descriptor)) {
            return failed("redeem", std::errc::protocol_error, "what was offered is not the end that the token names");
        }
        return end;
    } else {
        if (auto checked = check(first, token); !checked) {
            return std::unexpected(std::move(checked).error());
        }
        return access::make_end<End>(std::move(first));
    }
}

/// Asks for the end of the token, and gets it.
template <class End>
result<End> take_end(const offer_token& token, interruption& interrupted) {
    const auto host = platform::visit(offer_name(token), interrupted);
    if (!host) {
        return std::unexpected(host.error());
    }
    message request = of(word::redeem);
    std::ranges::copy(token.secret, secret_in(request).begin());
    if (auto said = platform::say(*host, request, no_handle, interrupted); !said) {
        return std::unexpected(std::move(said).error());
    }
    auto answer = platform::listen(*host, interrupted);
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    if (!is(answer->what, word::given)) {
        return refused(answer->what);
    }
    auto end = end_of<End>(answer->end, token, *host, interrupted);
    if (!end) {
        return end;
    }
    if (auto said = platform::say(*host, of(word::taken), no_handle, interrupted); !said) {
        return std::unexpected(std::move(said).error());
    }
    const auto last = platform::listen(*host, interrupted);
    if (!last) {
        return std::unexpected(last.error());
    }
    return is(last->what, word::yours) ? std::move(end) : refused(last->what);
}

/// An offerer who was too busy to wait for us is asked again: one who has ended is not there any more.
template <class End>
result<End> redeem(std::string_view text, bool writes, const wait_limit& limit) try {
    constexpr int attempts = 3;
    const auto token = decode_token(text);
    if (!token) {
        return std::unexpected(token.error());
    }
    if (token->writes != writes || token->ring != is_of_ring<End>) {
        return failed("redeem", std::errc::invalid_argument,
                      std::string("this token is of the ") + (token->writes ? "write" : "read") + " end of a " +
                          (token->ring ? "ring" : "pipe"));
    }
    interruption interrupted(limit);
    auto end = take_end<End>(*token, interrupted);
    for (int i = 1; i < attempts && !end && end.error().code == std::errc::connection_reset; ++i) {
        end = take_end<End>(*token, interrupted);
    }
    if (!end) {
        end.error().operation = "redeem";
    }
    return end;
} catch (const std::bad_alloc&) {
    return failed("redeem", std::errc::not_enough_memory, {});
}

} // namespace

result<pipe_reader> redeem_reader(std::string_view token, const wait_limit& limit) {
    return redeem<pipe_reader>(token, false, limit);
}

result<pipe_writer> redeem_writer(std::string_view token, const wait_limit& limit) {
    return redeem<pipe_writer>(token, true, limit);
}

result<ring_reader> redeem_ring_reader(std::string_view token, const wait_limit& limit) {
    return redeem<ring_reader>(token, false, limit);
}

result<ring_writer> redeem_ring_writer(std::string_view token, const wait_limit& limit) {
    return redeem<ring_writer>(token, true, limit);
}

} // namespace windpipe
