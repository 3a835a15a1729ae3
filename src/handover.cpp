#include "core/environment.hpp"
#include "core/given_ends.hpp"
#include "platform/platform.hpp"
#include "ring_state.hpp"

#include <windpipe/handover.hpp>

#include <algorithm>
#include <mutex>
#include <new>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

namespace windpipe {

using detail::access;

namespace {

std::unexpected<error> refused(std::string_view operation, std::errc why, std::string context) {
    return std::unexpected(error{std::make_error_code(why), operation, std::move(context)});
}

std::string quoted(std::string_view name) { return std::string("'").append(name) + "'"; }

} // namespace

// ---- giving

namespace {

/// That an end can be given by this name beside those that are listed.
result<void> check_givable(std::string_view name, bool is_open, const std::vector<given_end>& listed) {
    if (!is_end_name(name)) {
        return refused("give", std::errc::invalid_argument, quoted(name) + " cannot be the name of an end");
    }
    if (std::ranges::find(listed, name, &given_end::name) != listed.end()) {
        return refused("give", std::errc::invalid_argument, quoted(name) + " is given twice");
    }
    if (!is_open) {
        return refused("give", std::errc::invalid_argument,
                       quoted(name) + " is closed, or an earlier spawn has used it up");
    }
    return {};
}

/// What is passed on of one end: an entry for each handle.
struct part {
    given_kind kind;
    native_handle handle;
    std::string_view suffix;
};

std::vector<part> parts_of(const detail::pipe_end& end) { return {{given_kind::pipe, end.native_handle(), {}}}; }
std::vector<part> parts_of(const detail::ring_end& end) {
    const detail::ring_state& state = *detail::ring_access::state_of(end);
    std::vector<part> parts{{given_kind::ring, end.native_handle(), {}},
                            {given_kind::ring_wakes, state.wakes(), wakes_suffix},
                            {given_kind::ring_memory, state.memory(), memory_suffix}};
    if (state.view()->takes_turns()) {
        parts.push_back({given_kind::ring_turns, state.turns(), turns_suffix});
    }
    return parts;
}

result<void> check_alone(const detail::pipe_end& /*end*/) { return {}; } // several processes may have it
result<void> check_alone(const detail::ring_end& end) {
    return detail::ring_access::state_of(end)->is_shared() ? std::unexpected(detail::has_duplicates("give"))
                                                           : result<void>{};
}

template <class End>
constexpr bool writes = std::is_same_v<End, pipe_writer> || std::is_same_v<End, ring_writer>;

/// Tells the child of the ends.
result<void> list_in_environment(const std::vector<given_end>& listed, spawn_plan& plan) {
    auto before = plan.environment ? std::move(*plan.environment) : platform::environment();
    if (!before) {
        return std::unexpected(std::move(before).error());
    }
    const environment_change change{std::string(ends_variable), encode_ends(listed)};
    plan.environment =
        changed_environment(std::move(*before), std::span(&change, 1), platform::names().environment_ignores_case);
    return {};
}

} // namespace

result<std::vector<platform::passed_end>> access::pass_given(const command& what, spawn_plan& plan) {
    std::vector<platform::passed_end> passed;
    std::vector<given_end> listed;
    std::uint64_t check = 0;
    if (!what.given_.empty()) {
        if (auto made = platform::random_bytes(std::as_writable_bytes(std::span(&check, 1))); !made) {
            return std::unexpected(std::move(made).error());
        }
    }
    for (const command::named_end& given : what.given_) {
        const auto pass = [&]<class End>(const End& end) -> result<void> {
            if (auto checked = check_givable(given.name, end.is_open(), listed); !checked) {
                return checked;
            }
            if (auto alone = check_alone(end); !alone) {
                return alone;
            }
            for (const part& one : parts_of(end)) {
                auto made = one.kind == given_kind::pipe ? platform::pass_end(one.handle, passed.size())
                                                         : platform::pass_ring_part(one.handle, passed.size());
                if (!made) {
                    return std::unexpected(std::move(made).error());
                }
                listed.push_back({.name = given.name + std::string(one.suffix),
                                  .writes = writes<End>,
                                  .number = made->number,
                                  .identity = made->identity,
                                  .check = check,
                                  .kind = one.kind});
                plan.given.push_back(made->handle);
                passed.push_back(std::move(*made));
            }
            return {};
        };
        if (auto done = std::visit(pass, given.end); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    for (const std::size_t i : what.with_ends_) {
        auto filled = with_numbers(what.arguments_[i], listed);
        if (!filled) {
            return std::unexpected(std::move(filled).error());
        }
        plan.arguments[i + 1] = std::move(*filled); // behind argv[0]
    }
    if (!listed.empty()) {
        if (auto told = list_in_environment(listed, plan); !told) {
            return std::unexpected(std::move(told).error());
        }
    }
    return passed;
}

// ---- adopting

namespace {

/// The ends this process has adopted: a variable that somebody has put back gives none a second time.
class adopted_ends {
public:
    [[nodiscard]] bool has(const given_end& end) const {
        return std::ranges::find(taken_, key_of(end)) != taken_.end();
    }
    void add(const given_end& end) { taken_.push_back(key_of(end)); }
    void take_back() noexcept { taken_.pop_back(); }

    std::mutex mutex; // guards the list, and our changes of the environment

private:
    using key = std::pair<std::string, std::uint64_t>; // its name and its check
    static key key_of(const given_end& end) { return {end.name, end.check}; }
    std::vector<key> taken_;
};

adopted_ends& adopted() {
    static adopted_ends ends;
    return ends;
}

/// The entry of an end that can still be adopted.
result<given_end> listed_end(const std::string& variable, std::string_view name, bool writes,
                             given_kind kind = given_kind::pipe) {
    auto found = find_end(variable, name);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    if (!*found || adopted().has(**found)) {
        return refused("adopt", std::errc::no_such_file_or_directory,
                       "no end has been given to this process by the name " + quoted(name) +
                           ", or it has been adopted already");
    }
    if ((*found)->writes != writes || (*found)->kind != kind) {
        return refused("adopt", std::errc::invalid_argument,
                       quoted(name) + " is the " + ((*found)->writes ? "write" : "read") + " end of a " +
                           ((*found)->kind == given_kind::pipe ? "pipe" : "ring"));
    }
    return std::move(**found);
}

/// Makes an end of a checked handle, and the name disappear. All memory is taken before; on failure nothing has
/// changed.
template <class End>
result<End> take_over(native_handle handle, const std::optional<std::string>& others) {
    unique_handle mine(handle);
    auto end = access::make_end<End>(std::move(mine));
    if (!end) {
        (void)mine.release(); // NOLINT(bugprone-use-after-move,*.Move): untouched on failure
        return end;
    }
    if (auto changed = platform::set_environment_variable(std::string(ends_variable), others); !changed) {
        (void)end->release().release();
        return std::unexpected(std::move(changed).error());
    }
    return end;
}

/// The list of what was given to us, to look for an end of this name.
result<std::string> ends_given_to_us(std::string_view name) {
    if (!is_end_name(name)) {
        return refused("adopt", std::errc::invalid_argument, quoted(name) + " cannot be the name of an end");
    }
    auto variable = platform::environment_variable(std::string(ends_variable));
    return variable ? result<std::string>(variable->value_or(std::string()))
                    : std::unexpected(std::move(variable).error());
}

template <class End>
result<End> adopt(std::string_view name, platform::direction way) {
    const std::scoped_lock lock(adopted().mutex);
    const auto ours = ends_given_to_us(name);
    if (!ours) {
        return std::unexpected(ours.error());
    }
    const auto given = listed_end(*ours, name, way == platform::direction::write);
    if (!given) {
        return std::unexpected(given.error());
    }
    const auto handle = platform::received_end(given->number, way, given->identity);
    if (!handle) {
        return std::unexpected(handle.error());
    }
    const std::string others = without_end(*ours, name);
    adopted().add(*given);
    auto end = take_over<End>(*handle, others.empty() ? std::nullopt : std::optional(others));
    if (!end) {
        adopted().take_back();
    }
    return end;
}

/// The handles of an end of a ring; they are not ours yet.
struct listed_ring {
    given_end end;
    ring_handles handles;

    /// Without closing them.
    void let_go() noexcept {
        (void)handles.woken_by.release();
        (void)handles.wakes.release();
        (void)handles.memory.release();
        (void)handles.turns.release();
    }
};

result<listed_ring> received_ring(const std::string& variable, std::string_view name, bool writes) {
    const std::string long_name(name);
    const auto end = listed_end(variable, name, writes, given_kind::ring);
    if (!end) {
        return std::unexpected(end.error());
    }
    const auto wakes = listed_end(variable, long_name + std::string(wakes_suffix), writes, given_kind::ring_wakes);
    if (!wakes) {
        return std::unexpected(wakes.error());
    }
    const auto memory = listed_end(variable, long_name + std::string(memory_suffix), writes, given_kind::ring_memory);
    if (!memory) {
        return std::unexpected(memory.error());
    }
    const auto first = platform::received_end(end->number, platform::direction::read, end->identity);
    if (!first) {
        return std::unexpected(first.error());
    }
    const auto second = platform::received_end(wakes->number, platform::direction::write, wakes->identity);
    if (!second) {
        return std::unexpected(second.error());
    }
    const auto third = platform::received_memory(memory->number, memory->identity);
    if (!third) {
        return std::unexpected(third.error());
    }
    native_handle fourth = no_handle;
    if (const auto turns =
            listed_end(variable, long_name + std::string(turns_suffix), writes, given_kind::ring_turns)) {
        const auto place = platform::received_memory(turns->number, turns->identity);
        if (!place) {
            return std::unexpected(place.error());
        }
        fourth = *place;
    } // else it has none, or, as its memory then shows, somebody has taken it away
    return listed_ring{*end, ring_handles{.woken_by = unique_handle(*first),
                                          .wakes = unique_handle(*second),
                                          .memory = unique_handle(*third),
                                          .turns = unique_handle(fourth),
                                          .writes = writes}};
}

template <class End>
result<End> adopt_ring(std::string_view name) {
    const std::scoped_lock lock(adopted().mutex);
    const auto ours = ends_given_to_us(name);
    if (!ours) {
        return std::unexpected(ours.error());
    }
    auto given = received_ring(*ours, name, writes<End>);
    if (!given) {
        return std::unexpected(std::move(given).error());
    }
    std::string others = *ours;
    for (const std::string_view suffix : {std::string_view(), wakes_suffix, memory_suffix, turns_suffix}) {
        others = without_end(others, std::string(name) + std::string(suffix));
    }
    adopted().add(given->end);
    auto end = End::adopt(std::move(given->handles));
    if (!end) {
        given->let_go(); // untouched on failure
        adopted().take_back();
        return end;
    }
    if (auto changed = platform::set_environment_variable(std::string(ends_variable),
                                                          others.empty() ? std::nullopt : std::optional(others));
        !changed) {
        given->handles = end->release();
        given->let_go();
        adopted().take_back();
        return std::unexpected(std::move(changed).error());
    }
    return end;
}

template <class Adopt>
auto adopt_or_no_memory(const Adopt& adopt_one) -> decltype(adopt_one()) {
    try {
        return adopt_one();
    } catch (const std::bad_alloc&) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "adopt"});
    }
}

} // namespace

result<pipe_reader> adopt_reader(std::string_view name) {
    return adopt_or_no_memory([&] { return adopt<pipe_reader>(name, platform::direction::read); });
}

result<pipe_writer> adopt_writer(std::string_view name) {
    return adopt_or_no_memory([&] { return adopt<pipe_writer>(name, platform::direction::write); });
}

result<ring_reader> adopt_ring_reader(std::string_view name) {
    return adopt_or_no_memory([&] { return adopt_ring<ring_reader>(name); });
}

result<ring_writer> adopt_ring_writer(std::string_view name) {
    return adopt_or_no_memory([&] { return adopt_ring<ring_writer>(name); });
}

} // namespace windpipe
