#include <windpipe/child.hpp>

#include <array>
#include <string_view>

namespace windpipe {

namespace {

/// The names of the signals 1 to 31, as Linux numbers them on all but the oldest architectures. Source: signal(7).
constexpr std::array<std::string_view, 32> signal_names{
    "",          "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};

std::string hexadecimal(std::uint32_t value) {
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) {
        text += "0123456789ABCDEF"[(value >> static_cast<unsigned>(shift)) & 0xFU];
    }
    return text;
}

} // namespace

std::string exit_status::text() const {
    if (signal_ == 0) {
        // Windows' exception codes are known by their hexadecimal form.
        return "exited with " + (code_ >= 0x8000'0000 ? hexadecimal(code_) : std::to_string(code_));
    }
    std::string text = "killed by signal " + std::to_string(signal_);
    if (signal_ > 0 && static_cast<std::size_t>(signal_) < signal_names.size()) {
        text += " (" + std::string(signal_names[static_cast<std::size_t>(signal_)]) + ')';
    }
    return core_dumped_ ? text + ", core dumped" : text;
}

} // namespace windpipe
