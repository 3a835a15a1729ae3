#include "xray/warnings.hpp"

#include "xray/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace windpipe_tool::xray {

namespace {

/// What the system gives a pipe unless it is asked for something else. Source: pipe(7).
constexpr std::uint64_t usual_capacity = 65536;

/// "from stage 1 (a) to stage 2 (b)"
std::string between(const graph& pipeline, const link& which) {
    const auto side = [&](const std::vector<hold>& holders) {
        return holders.empty()         ? pipeline.holder_not_seen
               : holders.front().stage ? stage_name(pipeline, *holders.front().stage)
                                       : process_name(pipeline, holders.front().pid);
    };
    return fmt::format("{} from {} to {}", channel_name(which.channel), side(which.writers), side(which.readers));
}

bool all_are_errors(const std::vector<hold>& holders) {
    return !holders.empty() && std::ranges::all_of(holders, [](const hold& each) { return each.descriptor == 2; });
}

class collector {
public:
    collector(const window& seen, const known_readers& known) : seen_(seen), known_(known) {}

    void look_at(const link& each) {
        const channel_shares state = seen_.channel(each.channel);
        if (each.channel.kind == channel_kind::pipe && state.last.capacity && *state.last.capacity < usual_capacity) {
            add("{} holds only {} bytes, not {}: this user's share of memory for pipes is used up "
                "(/proc/sys/fs/pipe-user-pages-soft), or a program has made it small",
                between(pipeline(), each), *state.last.capacity, usual_capacity);
        }
        if (state.looks != 0 && state.full > 0.9 && all_are_errors(each.writers)) {
            add("the standard error of {} is full, and nobody empties it ({})",
                each.writers.front().stage ? stage_name(pipeline(), *each.writers.front().stage)
                                           : process_name(pipeline(), each.writers.front().pid),
                between(pipeline(), each));
        }
        if (each.readers.empty() && !each.writers.empty() && state.last.abandoned.value_or(true)) {
            look_at_unread(each);
        }
    }

    void look_at(std::size_t stage) {
        const stage_shares shares = seen_.stage(stage);
        if (shares.stopped > 0.5) {
            add("{} is stopped; 'kill -CONT {}' lets it go on", stage_name(pipeline(), stage),
                pipeline().stages[stage].begun_by);
        }
        if (shares.starved > 0.9 && shares.waited) {
            look_at_end_of_input(stage, *shares.waited);
        }
        if (seen_.length() >= std::chrono::milliseconds(900) && has_written_nothing(stage)) {
            add("{} has not written a byte so far", stage_name(pipeline(), stage));
        }
    }

    [[nodiscard]] std::vector<std::string> take() && { return std::move(warnings_); }

private:
    [[nodiscard]] const graph& pipeline() const { return seen_.pipeline(); }

    template <class... Args>
    void add(fmt::format_string<Args...> text, Args&&... args) {
        warnings_.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    void look_at_unread(const link& each) {
        const auto reader = known_.find(each.channel);
        const auto stage = reader != known_.end() ? pipeline().stage_of(reader->second) : std::nullopt;
        if (stage) {
            add("{} has closed its input, while {} still has it open to write ({})", stage_name(pipeline(), *stage),
                process_name(pipeline(), each.writers.front().pid), channel_name(each.channel));
        } else {
            add("nobody has the other end of what {} writes to any more ({})",
                process_name(pipeline(), each.writers.front().pid), channel_name(each.channel));
        }
    }

    void look_at_end_of_input(std::size_t stage, const channel_id& input) {
        const link* const from = pipeline().find(input);
        if (from == nullptr || from->writers.empty() ||
            !std::ranges::all_of(from->writers, [](const hold& each) { return !each.stage && each.descriptor > 2; })) {
            return;
        }
        const hold& keeper = from->writers.front();
        add("the input of {} does not end as long as {} has it open to write, by {} ({})",
            stage_name(pipeline(), stage), process_name(pipeline(), keeper.pid), stream_name(keeper.descriptor),
            channel_name(input));
    }

    [[nodiscard]] bool has_written_nothing(std::size_t stage) const {
        const auto& links = pipeline().links;
        const auto is_output = [&](const link& each) {
            return std::ranges::any_of(each.writers,
                                       [&](const hold& one) { return one.stage == stage && one.descriptor == 1; });
        };
        const auto output = std::ranges::find_if(links, is_output);
        if (output == links.end() || output->writers.size() != 1) {
            return false;
        }
        const auto process = seen_.last().processes.find(output->writers.front().pid);
        // What splice(2) moves is not counted: an empty pipe that has been empty all the time is.
        const channel_shares state = seen_.channel(output->channel);
        return process != seen_.last().processes.end() && process->second.bytes_written == 0U && state.looks != 0 &&
               state.empty == 1.0;
    }

    const window& seen_;
    const known_readers& known_;
    std::vector<std::string> warnings_;
};

} // namespace

void note_readers(const graph& pipeline, known_readers& known) {
    for (const link& each : pipeline.links) {
        for (const hold& reader : each.readers) {
            if (reader.stage) {
                known[each.channel] = pipeline.stages[*reader.stage].begun_by;
            }
        }
    }
}

std::vector<std::string> warnings_of(const window& seen, const known_readers& known) {
    collector found(seen, known);
    for (const link& each : seen.pipeline().links) {
        found.look_at(each);
    }
    for (std::size_t i = 0; i < seen.pipeline().stages.size(); ++i) {
        found.look_at(i);
    }
    return std::move(found).take();
}

} // namespace windpipe_tool::xray
