// flood N M [CHUNK] [SEED] - writes N bytes of pattern to stdout and M to stderr, in turns of CHUNK.
#include "support/pattern.hpp"
#include "system.hpp"

using child_system::stream;

namespace {

/// One turn: up to `chunk` more bytes of the pattern. False when the stream fails.
bool write_some(stream to, std::uint64_t& done, std::uint64_t total, std::size_t chunk, std::uint32_t seed) {
    const std::uint64_t end = std::min<std::uint64_t>(total, done + chunk);
    const std::string bytes = windpipe_test::pattern_text(static_cast<std::size_t>(end - done), done, seed);
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto wrote = child_system::write(to, rest.data(), rest.size());
        if (wrote.error != 0) {
            return false;
        }
        rest.remove_prefix(wrote.bytes);
    }
    done = end;
    return true;
}

} // namespace

int child_main(const std::vector<std::string>& args) {
    if (args.size() < 3) {
        return 99;
    }
    const std::uint64_t out_total = std::stoull(args[1]);
    const std::uint64_t err_total = std::stoull(args[2]);
    const std::size_t chunk = args.size() > 3 ? std::stoul(args[3]) : 4096;
    const std::uint32_t seed = args.size() > 4 ? static_cast<std::uint32_t>(std::stoul(args[4])) : 0;
    std::uint64_t out_done = 0;
    std::uint64_t err_done = 0;
    while (out_done < out_total || err_done < err_total) {
        if (!write_some(stream::out, out_done, out_total, chunk, seed) ||
            !write_some(stream::err, err_done, err_total, chunk, seed + 1)) {
            return 3;
        }
    }
    return 0;
}
