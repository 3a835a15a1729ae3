#include "xray/linux/proc_files.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace windpipe_tool::xray {

namespace {

struct directory_closer {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// The words of a line, one after the other.
class word_reader {
public:
    explicit word_reader(std::string_view text) : text_(text) {}

    std::string_view next() {
        text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
        const std::string_view word = text_.substr(0, text_.find_first_of(" \n"));
        text_.remove_prefix(word.size());
        return word;
    }

private:
    std::string_view text_;
};

} // namespace

std::optional<std::string> read_file(const std::string& path) {
    const windpipe::unique_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file) {
        return std::nullopt;
    }
    std::string text;
    std::array<char, 4096> piece; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    while (true) {
        const ssize_t size = ::read(file.get(), piece.data(), piece.size());
        if (size < 0) {
            return std::nullopt; // a process that has just ended gives ESRCH
        }
        if (size == 0) {
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
}

std::string read_link(const std::string& path) {
    std::array<char, PATH_MAX> text; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by readlink
    const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::optional<std::vector<std::uint32_t>> numbers_in(const std::string& directory) {
    const std::unique_ptr<DIR, directory_closer> list(::opendir(directory.c_str()));
    if (!list) {
        return std::nullopt;
    }
    std::vector<std::uint32_t> found;
    while (const dirent* const entry = ::readdir(list.get())) { // NOLINT(concurrency-mt-unsafe): a list of our own
        const std::string_view name(static_cast<const char*>(entry->d_name));
        if (name.find_first_not_of("0123456789") == std::string_view::npos) {
            if (const auto number = number_in<std::uint32_t>(name)) {
                found.push_back(*number);
            }
        }
    }
    std::ranges::sort(found);
    return found;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key, int base) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (at == 0 || text[at - 1] == '\n') {
            std::string_view rest = text.substr(at + key.size());
            rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
            return number_in(rest, base);
        }
    }
    return std::nullopt;
}

std::optional<stat_line> parse_stat(std::string_view text) {
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    stat_line line;
    line.name = text.substr(open + 1, close - open - 1);
    word_reader words(text.substr(close + 1));
    const std::string_view state = words.next();
    line.state = state.empty() ? '?' : state[0];
    for (int place = 4; place <= 24; ++place) {
        const auto number = number_in(words.next());
        if (place == 4 && !number) {
            return std::nullopt;
        }
        const std::uint64_t value = number.value_or(0);
        line.parent = place == 4 ? static_cast<std::uint32_t>(value) : line.parent;
        line.ticks += place == 14 || place == 15 ? value : 0;
        line.children_ticks += place == 16 || place == 17 ? value : 0;
        line.began = place == 22 ? value : line.began;
        line.pages = place == 24 ? value : line.pages;
    }
    return line;
}

} // namespace windpipe_tool::xray
