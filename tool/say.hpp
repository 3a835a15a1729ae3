// say.hpp - words for people. Standard output belongs to the last stage: these go to standard error.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool {

/// Writes `text` to standard error. If nobody can read it there, nobody needs to know: after a while in which nothing
/// has been read nothing more is written.
void say(std::string_view text) noexcept;

/// The same with what the stages have said, which is not given up before `until` is requested to stop.
void pass_on(std::string_view text, const std::stop_token& until) noexcept;

/// While it lives, what say() is given is kept: a picture stands where it would be written. Only one at a time.
///
/// *Threads*: others may say() something meanwhile.
class kept_words {
public:
    kept_words();
    ~kept_words(); ///< writes what was kept
    kept_words(const kept_words&) = delete;
    kept_words& operator=(const kept_words&) = delete;

    /// How many bytes are kept.
    [[nodiscard]] std::size_t size() const;
    /// The last lines of them.
    [[nodiscard]] std::vector<std::string> last_lines(std::size_t most) const;
};

/// Writes `text` to standard output, which is ours where no stage runs. *Returns*: our exit status: what cannot be
/// written there is a failure.
int print(const std::string& text);

/// "windpipe: ", the text in one line, and a line feed.
void complain(std::string_view text) noexcept;

/// `text` on one line that cannot harm a terminal: control characters become "?".
std::string one_line(std::string_view text);

/// `text`, cut to at most `width` characters (bytes that start one in UTF-8), with "..." in place of what is missing.
std::string shortened(std::string_view text, std::size_t width);

/// How many characters `text` has, counted as shortened() does.
std::size_t length(std::string_view text);

} // namespace windpipe_tool
