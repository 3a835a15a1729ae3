// Any stream, in any pieces: the frames are the same however it is split, and what a frame holds comes back when it is
// framed again. The first byte chooses the framing, the second the limit, the third how the rest is split.
#include "require.hpp"

#include <windpipe/frames.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace {

using windpipe::framing;
using windpipe::detail::frame_cutter;

struct outcome {
    std::vector<std::string> frames;
    std::error_code problem;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome cut(const windpipe::frame_options& options, std::span<const std::byte> stream, std::size_t piece) {
    frame_cutter cutter(options);
    outcome seen;
    for (bool ended = false; !ended;) {
        const auto found = cutter.next();
        if (!found) {
            seen.problem = found.error().code;
            return seen;
        }
        if (*found) {
            require((*found)->bytes.size() <= options.most);
            seen.frames.emplace_back((*found)->text());
            continue;
        }
        ended = stream.empty();
        const auto room = cutter.room();
        require(room.has_value() && !room->empty());
        const std::size_t n = std::min({piece, stream.size(), room->size()});
        std::ranges::copy(stream.first(n), room->begin());
        cutter.took(n);
        stream = stream.subspan(n);
    }
    if (const auto end = cutter.end(); !end) {
        seen.problem = end.error().code;
    }
    return seen;
}

void check_again(const windpipe::frame_options& options, const outcome& seen) {
    std::vector<std::byte> stream;
    for (const std::string& text : seen.frames) {
        const auto bytes = std::as_bytes(std::span(text));
        require(windpipe::detail::check_frame(options, bytes).has_value());
        const windpipe::detail::frame_envelope around(options.format, bytes.size());
        for (const windpipe::const_buffer part : {around.head(), windpipe::const_buffer(bytes), around.tail()}) {
            stream.insert(stream.end(), part.begin(), part.end());
        }
    }
    require(cut(options, stream, 7) == outcome{seen.frames, {}});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array formats{framing::length_prefixed, framing::length_prefixed_native, framing::newline,
                                 framing::content_length};
    if (size < 3) {
        return 0;
    }
    const windpipe::frame_options options{.format = formats[data[0] % formats.size()], .most = data[1] * 16UL};
    const auto stream = std::as_bytes(std::span(data, size).subspan(3));
    const outcome whole = cut(options, stream, stream.size() + 1);
    require(cut(options, stream, 1) == whole);
    require(cut(options, stream, 1UL + data[2]) == whole);
    check_again(options, whole);
    return 0;
}
