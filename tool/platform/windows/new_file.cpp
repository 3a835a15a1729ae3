#include "new_file.hpp"

#include "paths.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <windows.h>

namespace windpipe_tool {

namespace {

using windpipe::error;
using windpipe::unique_handle;

std::unexpected<error> failed(std::string_view step, std::string path) {
    return std::unexpected(
        error{std::error_code(static_cast<int>(GetLastError()), std::system_category()), step, std::move(path)});
}

std::wstring wide(const std::string& path) { return path_of(path).wstring(); }

std::string temporary_name(const std::string& path) {
    static std::atomic<unsigned> count = 0;
    const std::filesystem::path whole = path_of(path);
    // Unique among those of this machine that run now; a file that is left of one before is not touched.
    const std::string name = '.' + utf8_of(whole.filename()) + '.' + std::to_string(GetCurrentProcessId()) + '-' +
                             std::to_string(GetTickCount64()) + '-' + std::to_string(count++) + ".windpipe";
    return utf8_of(whole.parent_path() / path_of(name));
}

} // namespace

windpipe::result<new_file> new_file::make(const std::string& path) {
    const DWORD old = GetFileAttributesW(wide(path).c_str());
    if (old != INVALID_FILE_ATTRIBUTES && (old & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0) {
        return std::unexpected(error{std::make_error_code(std::errc::operation_not_supported), "replace file",
                                     path + " is no regular file"});
    }
    if (old != INVALID_FILE_ATTRIBUTES && (old & FILE_ATTRIBUTE_READONLY) != 0) {
        return std::unexpected(error{std::make_error_code(std::errc::permission_denied), "replace file", path});
    }
    new_file made;
    made.name_ = path;
    made.temporary_ = temporary_name(path);
    made.file_ = unique_handle(CreateFileW(wide(made.temporary_).c_str(), GENERIC_WRITE,
                                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, CREATE_NEW,
                                           FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!made.file_) {
        return failed("create file", std::exchange(made.temporary_, {}));
    }
    return made;
}

new_file::new_file(new_file&& other) noexcept
    : file_(std::move(other.file_)), name_(std::move(other.name_)), temporary_(std::exchange(other.temporary_, {})) {}

new_file::~new_file() {
    if (!temporary_.empty()) {
        file_.reset();
        DeleteFileW(wide(temporary_).c_str());
    }
}

windpipe::result<unique_handle> new_file::writer() const {
    HANDLE copy = INVALID_HANDLE_VALUE;
    if (DuplicateHandle(GetCurrentProcess(), file_.get(), GetCurrentProcess(), &copy, 0, FALSE,
                        DUPLICATE_SAME_ACCESS) == 0) {
        return failed("duplicate file", temporary_);
    }
    return unique_handle(copy);
}

windpipe::result<void> new_file::write(std::string_view text) const {
    constexpr std::size_t most = 1U << 20U;
    while (!text.empty()) {
        DWORD size = 0;
        const auto wanted = static_cast<DWORD>(std::min(text.size(), most));
        if (WriteFile(file_.get(), text.data(), wanted, &size, nullptr) == 0) {
            return failed("write file", name_);
        }
        text.remove_prefix(size);
    }
    return {};
}

windpipe::result<void> new_file::commit() {
    if (FlushFileBuffers(file_.get()) == 0) {
        return failed("write file to disk", name_);
    }
    file_.reset();
    if (MoveFileExW(wide(temporary_).c_str(), wide(name_).c_str(),
                    MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) == 0) {
        return failed("rename file", name_);
    }
    temporary_.clear();
    return {};
}

} // namespace windpipe_tool
