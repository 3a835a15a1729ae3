#include "new_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string_view>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace windpipe_tool {

namespace {

using windpipe::error;
using windpipe::unique_handle;

std::unexpected<error> failed(std::string_view step, std::string path = {}) {
    return std::unexpected(error{std::error_code(errno, std::system_category()), step, std::move(path)});
}

std::string temporary_name(const std::string& name) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t longest = 200; // a name may have 255 bytes
    std::array<unsigned char, 8> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
        random[0] = static_cast<unsigned char>(getpid()); // O_EXCL decides in any case
    }
    std::string temporary = '.' + name.substr(0, longest) + '.';
    for (const unsigned char byte : random) {
        temporary += digits[byte / 16U];
        temporary += digits[byte % 16U];
    }
    return temporary + ".windpipe";
}

std::string by_number(int file) { return "/proc/self/fd/" + std::to_string(file); }

/// The old file, if there is one that may be replaced.
windpipe::result<std::optional<struct stat>> old_file(const std::string& path) {
    struct stat old = {};
    if (stat(path.c_str(), &old) != 0) {
        return errno == ENOENT ? windpipe::result<std::optional<struct stat>>(std::nullopt) : failed("find file", path);
    }
    if (!S_ISREG(old.st_mode)) {
        return std::unexpected(error{std::make_error_code(std::errc::operation_not_supported), "replace file",
                                     path + " is no regular file"});
    }
    if (access(path.c_str(), W_OK) != 0) {
        return failed("replace file", path);
    }
    return old;
}

} // namespace

windpipe::result<new_file> new_file::make(const std::string& path) {
    std::error_code unknown;
    std::filesystem::path whole = std::filesystem::weakly_canonical(path, unknown);
    if (unknown) {
        whole = path;
    }
    const auto old = old_file(whole.string());
    if (!old) {
        return std::unexpected(old.error());
    }
    new_file made;
    made.name_ = whole.filename().string();
    const std::string folder = whole.has_parent_path() ? whole.parent_path().string() : ".";
    made.folder_ = unique_handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!made.folder_) {
        return failed("open folder", folder);
    }
    made.file_ = unique_handle(openat(made.folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
    if (!made.file_ || access(by_number(made.file_.get()).c_str(), F_OK) != 0) {
        made.temporary_ = temporary_name(made.name_);
        made.file_ = unique_handle(
            openat(made.folder_.get(), made.temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
        if (!made.file_) {
            made.temporary_.clear();
            return failed("create file", folder + '/' + temporary_name(made.name_));
        }
    }
    if (*old) {
        // That it keeps its owner is a wish: most users cannot give files away.
        if (fchown(made.file_.get(), (*old)->st_uid, (*old)->st_gid) != 0) {
            errno = 0;
        }
        if (fchmod(made.file_.get(), (*old)->st_mode & 0777U) != 0) {
            return failed("set permissions", path);
        }
    }
    return made;
}

new_file::new_file(new_file&& other) noexcept
    : file_(std::move(other.file_)), folder_(std::move(other.folder_)), name_(std::move(other.name_)),
      temporary_(std::exchange(other.temporary_, {})) {}

new_file::~new_file() {
    if (folder_ && !temporary_.empty()) {
        unlinkat(folder_.get(), temporary_.c_str(), 0);
    }
}

windpipe::result<unique_handle> new_file::writer() const {
    unique_handle copy(fcntl(file_.get(), F_DUPFD_CLOEXEC, 3));
    return copy ? windpipe::result<unique_handle>(std::move(copy)) : failed("duplicate file");
}

windpipe::result<void> new_file::write(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t size = ::write(file_.get(), text.data(), text.size());
        if (size < 0 && errno != EINTR) {
            return failed("write file", name_);
        }
        text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    return {};
}

windpipe::result<void> new_file::commit() {
    if (fsync(file_.get()) != 0) {
        return failed("write file to disk", name_);
    }
    if (temporary_.empty()) {
        std::string temporary = temporary_name(name_);
        if (linkat(AT_FDCWD, by_number(file_.get()).c_str(), folder_.get(), temporary.c_str(), AT_SYMLINK_FOLLOW) !=
            0) {
            return failed("name file", name_);
        }
        temporary_ = std::move(temporary);
    }
    if (renameat(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str()) != 0) {
        return failed("rename file", name_);
    }
    temporary_.clear();
    return fsync(folder_.get()) == 0 ? windpipe::result<void>() : failed("write folder to disk", name_);
}

} // namespace windpipe_tool
