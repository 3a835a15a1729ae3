#include "access.hpp"
#include "core/environment.hpp"
#include "core/given_ends.hpp"
#include "platform/platform.hpp"

#include <windpipe/handover.hpp>

#include <algorithm>
#include <mutex>
#include <new>
#include <span>

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

/// The native handle of an end that can be given by this name beside those that are listed.
result<native_handle> givable(std::string_view name, const detail::pipe_end& end,
                              const std::vector<given_end>& listed) {
    if (!is_end_name(name)) {
        return refused("give", std::errc::invalid_argument, quoted(name) + " cannot be the name of an end");
    }
    if (std::ranges::find(listed, name, &given_end::name) != listed.end()) {
        return refused("give", std::errc::invalid_argument, quoted(name) + " is given twice");
    }
    const native_handle handle = end.native_handle();
    if (handle == no_handle) {
        return refused("give", std::errc::invalid_argument,
                       quoted(name) + " is closed, or an earlier spawn has used it up");
    }
    return handle;
}

/// Tells the child of the ends.
void list_in_environment(const std::vector<given_end>& listed, spawn_plan& plan) {
    auto before = plan.environment ? std::move(*plan.environment) : platform::environment();
    const environment_change change{std::string(ends_variable), encode_ends(listed)};
    plan.environment =
        changed_environment(std::move(before), std::span(&change, 1), platform::names().environment_ignores_case);
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
        const auto* common = std::visit([](const pipe_end& end) { return &end; }, given.end);
        const auto handle = givable(given.name, *common, listed);
        if (!handle) {
            return std::unexpected(handle.error());
        }
        auto end = platform::pass_end(*handle, passed.size());
        if (!end) {
            return std::unexpected(std::move(end).error());
        }
        listed.push_back({.name = given.name,
                          .writes = std::holds_alternative<pipe_writer>(given.end),
                          .number = end->number,
                          .identity = end->identity,
                          .check = check});
        plan.given.push_back(end->handle);
        passed.push_back(std::move(*end));
    }
    for (const std::size_t i : what.with_ends_) {
        auto filled = with_numbers(what.arguments_[i], listed);
        if (!filled) {
            return std::unexpected(std::move(filled).error());
        }
        plan.arguments[i + 1] = std::move(*filled); // behind argv[0]
    }
    if (!listed.empty()) {
        list_in_environment(listed, plan);
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
result<given_end> listed_end(const std::string& variable, std::string_view name, bool writes) {
    auto found = find_end(variable, name);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    if (!*found || adopted().has(**found)) {
        return refused("adopt", std::errc::no_such_file_or_directory,
                       "no end has been given to this process by the name " + quoted(name) +
                           ", or it has been adopted already");
    }
    if ((*found)->writes != writes) {
        return refused("adopt", std::errc::invalid_argument,
                       quoted(name) + " is the " + (writes ? "read" : "write") + " end of a pipe");
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

template <class End>
result<End> adopt(std::string_view name, platform::direction way) {
    if (!is_end_name(name)) {
        return refused("adopt", std::errc::invalid_argument, quoted(name) + " cannot be the name of an end");
    }
    const std::scoped_lock lock(adopted().mutex);
    const std::string variable = platform::environment_variable(std::string(ends_variable)).value_or(std::string());
    const auto given = listed_end(variable, name, way == platform::direction::write);
    if (!given) {
        return std::unexpected(given.error());
    }
    const auto handle = platform::received_end(given->number, way, given->identity);
    if (!handle) {
        return std::unexpected(handle.error());
    }
    const std::string others = without_end(variable, name);
    adopted().add(*given);
    auto end = take_over<End>(*handle, others.empty() ? std::nullopt : std::optional(others));
    if (!end) {
        adopted().take_back();
    }
    return end;
}

template <class End>
result<End> adopt_or_no_memory(std::string_view name, platform::direction way) {
    try {
        return adopt<End>(name, way);
    } catch (const std::bad_alloc&) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "adopt"});
    }
}

} // namespace

result<pipe_reader> adopt_reader(std::string_view name) {
    return adopt_or_no_memory<pipe_reader>(name, platform::direction::read);
}

result<pipe_writer> adopt_writer(std::string_view name) {
    return adopt_or_no_memory<pipe_writer>(name, platform::direction::write);
}

} // namespace windpipe
