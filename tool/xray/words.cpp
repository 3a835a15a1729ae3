#include "xray/words.hpp"

#include "say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace windpipe_tool::xray {

std::string process_name(const graph& pipeline, process_id pid) {
    const auto found = pipeline.processes.find(pid);
    const std::string name = found != pipeline.processes.end() ? one_line(found->second.name) : "a process";
    return fmt::format("{} (pid {})", name, pid);
}

std::string stage_name(const graph& pipeline, std::size_t stage) {
    return fmt::format("stage {} ({})", stage + 1, one_line(pipeline.stages[stage].name));
}

std::string stream_name(int descriptor) {
    constexpr std::array<std::string_view, 3> names{"its standard input", "its standard output", "its standard error"};
    return descriptor >= 0 && descriptor < 3 ? std::string(names[static_cast<std::size_t>(descriptor)])
                                             : fmt::format("its descriptor {}", descriptor);
}

std::string channel_name(const channel_id& channel) {
    const std::string_view kind = channel.kind == channel_kind::pipe   ? "pipe"
                                  : channel.kind == channel_kind::fifo ? "fifo"
                                                                       : "socket";
    return fmt::format("{} {}", kind, channel.inode);
}

std::string fill_text(const channel_sample& state) {
    std::string text = state.unread ? fmt::format("{}", *state.unread) : "unknown";
    if (state.capacity) {
        text += fmt::format(" of {} bytes", *state.capacity);
    } else if (state.unread) {
        text += " bytes";
    }
    if (state.abandoned.value_or(false)) {
        return text + ", no reader";
    }
    return text + (state.full.value_or(false) ? ", full" : state.unread == 0U ? ", empty" : "");
}

std::string bytes_text(double bytes) {
    constexpr std::array<std::string_view, 6> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string rate_text(std::uint64_t bytes, std::chrono::nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    return seconds > 0 ? bytes_text(static_cast<double>(bytes) / seconds) + "/s" : "-";
}

std::string percent(double part) { return fmt::format("{:.0f} %", 100 * part); }

} // namespace windpipe_tool::xray
