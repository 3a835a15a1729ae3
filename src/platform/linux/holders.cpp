#include "proc.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <optional>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "find holders";

/// What /proc calls an open pipe: "pipe:[4711]", or the path of a FIFO.
std::string_view target_of(ssize_t size, const std::array<char, PATH_MAX>& text) {
    return {text.data(), static_cast<std::size_t>(size)};
}

/// The beginning of a small file of /proc; none with errno.
std::optional<std::string> read_small(int directory, const std::string& path) {
    std::string text(1024, '\0');
    const unique_handle file(sys::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t size = file ? sys::read(file.get(), text.data(), text.size()) : -1;
    if (size == -1) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Looks through the processes of this system, one after the other.
class search {
public:
    search(std::vector<std::string> pipes, int access, std::uint64_t since)
        : pipes_(std::move(pipes)), access_(access), since_(since) {}

    void look_into(int processes, const char* id) {
        const quiet_handle process{::openat(processes, id, O_PATH | O_DIRECTORY | O_CLOEXEC)};
        const quiet_handle files{process.fd != -1 ? ::openat(process.fd, "fd", list_flags) : -1};
        const auto next = [&](char* into, std::size_t size) { return ::getdents64(files.fd, into, size); };
        if (files.fd == -1 ||
            !each_number(next, [&](const char* name) { look_at(processes, process.fd, files.fd, id, name); })) {
            missed(processes, id);
        }
        saw_first_ = saw_first_ || std::string_view(id) == "1";
    }

    holder_list take() && {
        found_.complete = found_.complete && saw_first_; // else /proc is mounted with hidepid
        std::ranges::sort(found_.known, {}, [](const holder& one) { return std::pair(one.pid, one.handle); });
        return std::move(found_);
    }

private:
    /// Something could not be read, unless the process has ended or closed it meanwhile, or does not matter.
    void missed(int processes, const char* id) {
        found_.complete = found_.complete &&
                          (errno == ENOENT || errno == ESRCH || (since_ != 0 && !may_have_inherited(processes, id)));
    }

    [[nodiscard]] bool may_have_inherited(int processes, const char* id) const {
        constexpr std::uint64_t is_of_kernel = 0x0020'0000; // PF_KTHREAD in linux/sched.h
        const std::uint64_t began = stat_number(processes, id, 22);
        return (stat_number(processes, id, 9) & is_of_kernel) == 0 && (began == 0 || began >= since_);
    }

    void look_at(int processes, int process, int files, const char* id, const char* descriptor) {
        std::array<char, PATH_MAX> text;
        const ssize_t size = ::readlinkat(files, descriptor, text.data(), text.size());
        if (size == -1) {
            missed(processes, id);
            return;
        }
        if (std::ranges::find(pipes_, target_of(size, text)) == pipes_.end()) {
            return;
        }
        const auto facts = read_small(process, std::string("fdinfo/") + descriptor);
        if (!facts) {
            missed(processes, id);
            return;
        }
        const int flags = flags_in(*facts);
        if ((flags & O_PATH) == 0 && ((flags & O_ACCMODE) == access_ || (flags & O_ACCMODE) == O_RDWR)) {
            std::string name = read_small(process, "comm").value_or("");
            name.resize(std::min(name.find('\n'), name.size()));
            found_.known.push_back(
                {number_of<std::uint32_t>(id), std::move(name), number_of<std::uint64_t>(descriptor)});
        }
    }

    std::vector<std::string> pipes_;
    int access_;
    std::uint64_t since_;
    bool saw_first_ = false; // process 1, which is always there
    holder_list found_{.known = {}, .complete = true};
};

} // namespace

result<holder_list> holders(std::span<const native_handle> ends, direction way) {
    std::vector<std::string> pipes;
    for (const native_handle end : ends) {
        std::array<char, PATH_MAX> text;
        const std::string path = "/proc/self/fd/" + std::to_string(end);
        const ssize_t size = sys::readlink(path.c_str(), text.data(), text.size());
        if (size == -1) {
            return sys::failed(step, errno, path);
        }
        pipes.emplace_back(target_of(size, text));
    }
    return holders_of_links(std::move(pipes), way == direction::read ? O_WRONLY : O_RDONLY);
}

result<holder_list> holders_of_links(std::vector<std::string> links, int access, std::uint64_t since) {
    search all(std::move(links), access, since);
    const auto looked = each_process(step, [&](int processes, const char* id) { all.look_into(processes, id); });
    if (!looked) {
        return std::unexpected(looked.error());
    }
    return std::move(all).take();
}

} // namespace windpipe::platform
