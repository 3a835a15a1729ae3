// Any text, in any pieces: the lines are the same however it is split, none is over the limit, and together with their
// ends they are the text. The first byte chooses the limit and what becomes of longer lines, the second how the rest is
// split.
#include "require.hpp"

#include <windpipe/lines.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using windpipe::line_end;
using windpipe::long_lines;

struct outcome {
    std::vector<std::pair<std::string, line_end>> lines;
    bool refused = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome cut(const windpipe::line_options& options, std::span<const std::byte> stream, std::size_t piece) {
    windpipe::detail::line_cutter cutter(options);
    outcome seen;
    for (;;) {
        const auto found = cutter.next();
        if (!found) {
            seen.refused = true;
            return seen;
        }
        if (*found) {
            require((*found)->text.size() <= options.most);
            seen.lines.emplace_back((*found)->text, (*found)->end);
        } else if (cutter.finished()) {
            return seen;
        } else if (stream.empty()) {
            cutter.finish();
        } else {
            const auto next = stream.first(std::min(piece, stream.size()));
            require(cutter.add(next).has_value());
            stream = stream.subspan(next.size());
        }
    }
}

/// The lines put together are the text, but for the carriage returns of their ends.
void check_whole(const outcome& seen, std::string_view text) {
    for (const auto& [line, end] : seen.lines) {
        require(text.starts_with(line));
        text.remove_prefix(line.size());
        if (end == line_end::line_feed) {
            text.remove_prefix(text.starts_with('\r') ? 1 : 0);
            require(text.starts_with('\n'));
            text.remove_prefix(1);
        }
    }
    require(seen.refused || text.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const windpipe::line_options options{.most = 1UL + data[0] / 2,
                                         .too_long = data[0] % 2 == 0 ? long_lines::refuse : long_lines::cut};
    const auto stream = std::as_bytes(std::span(data, size).subspan(2));
    const outcome whole = cut(options, stream, stream.size() + 1);
    require(cut(options, stream, 1) == whole);
    require(cut(options, stream, 1UL + data[1]) == whole);
    require(!whole.refused || options.too_long == long_lines::refuse);
    check_whole(whole, {reinterpret_cast<const char*>(stream.data()), stream.size()});
    return 0;
}
