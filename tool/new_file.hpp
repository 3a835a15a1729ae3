// new_file.hpp - a file that takes the place of another one only when it is complete. In tool/platform/<system>/.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <string>
#include <string_view>

namespace windpipe_tool {

/// What `--atomic-output` and `--report` write to. Until commit(), and for ever if that is not called, a file that has
/// the name already stays as it is, whatever happens to us.
///
/// *Systems*: Linux: the new file has no name until then, where the file system can do that (O_TMPFILE in open(2)); so
/// nothing is left of it if we are killed. Elsewhere it is beside the old one, with a name that begins with a dot and
/// ends with ".windpipe", and the destructor removes it.
class new_file {
public:
    /// Makes it. If there is a file with the name, the new one gets its permissions; if that is a symbolic link, the
    /// file it points to is meant.
    ///
    /// *Errors*: those of open(2) and CreateFile; `permission_denied` where the old file must not be written;
    /// `operation_not_supported` where there is something of the name that is no regular file.
    static windpipe::result<new_file> make(const std::string& path);

    new_file(new_file&& other) noexcept;
    new_file& operator=(new_file&&) = delete;
    ~new_file();

    /// A handle for whoever shall write to it.
    [[nodiscard]] windpipe::result<windpipe::unique_handle> writer() const;

    /// Writes all of it.
    [[nodiscard]] windpipe::result<void> write(std::string_view text) const;

    /// Gives it its name, after all of it has reached the disk.
    ///
    /// *Errors*: then the old file is as it was.
    windpipe::result<void> commit();

private:
    new_file() = default;

    windpipe::unique_handle file_;
    windpipe::unique_handle folder_; // Linux
    std::string name_;               // Linux: within the folder; Windows: with its path
    std::string temporary_;          // likewise; empty: it has none
};

} // namespace windpipe_tool
