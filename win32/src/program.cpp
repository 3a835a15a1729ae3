#include "program.hpp"

#include "text.hpp"
#include "winerror.h"

#include <windpipe/handle.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr std::size_t note_name_size = 9;

/// A file of which the first page is read at once: in most programs all that is asked for is there.
class program_file {
public:
    explicit program_file(const std::string& path)
        : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {
        const ssize_t got = file_ ? ::pread(file_.get(), first_.data(), first_.size(), 0) : 0;
        known_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    /// *Returns*: how many bytes there were.
    std::size_t read(std::uint64_t at, void* into, std::size_t size) const {
        if (at <= known_ && size <= known_ - at) {
            std::memcpy(into, first_.data() + at, size);
            return size;
        }
        const ssize_t got = ::pread(file_.get(), into, size, static_cast<off_t>(at));
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }

private:
    unique_handle file_;
    std::array<char, 4096> first_{};
    std::size_t known_ = 0;
};

/// Whether a segment of notes has ours in it.
bool has_note(const program_file& file, const Elf64_Phdr& segment) {
    std::array<char, 4096> notes{};
    const std::size_t size = segment.p_filesz < notes.size() ? segment.p_filesz : notes.size();
    const std::size_t got = file.read(segment.p_offset, notes.data(), size);
    constexpr std::size_t step = 4;
    for (std::size_t at = 0; at + sizeof(Elf64_Nhdr) + note_name_size <= got; at += step) {
        Elf64_Nhdr head{};
        std::memcpy(&head, notes.data() + at, sizeof(head));
        if (head.n_namesz == note_name_size && head.n_descsz == 0 && head.n_type == 1 &&
            std::memcmp(notes.data() + at + sizeof(head), "windpipe", note_name_size) == 0) {
            return true;
        }
    }
    return false;
}

bool has_note(const std::string& path) {
    const program_file file(path);
    Elf64_Ehdr head{};
    if (file.read(0, &head, sizeof(head)) != sizeof(head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
        head.e_ident[EI_CLASS] != ELFCLASS64) {
        return false;
    }
    for (unsigned i = 0; i < head.e_phnum; ++i) {
        Elf64_Phdr segment{};
        if (file.read(head.e_phoff + std::uint64_t{i} * sizeof(segment), &segment, sizeof(segment)) !=
            sizeof(segment)) {
            return false;
        }
        if (segment.p_type == PT_NOTE && has_note(file, segment)) {
            return true;
        }
    }
    return false;
}

/// Which file it is, in which state.
struct identity {
    explicit identity(const struct stat& about)
        : device(about.st_dev), number(about.st_ino), size(about.st_size), changed(about.st_ctim.tv_sec),
          fraction(about.st_ctim.tv_nsec) {}
    dev_t device;
    ino_t number;
    off_t size;
    time_t changed;
    long fraction;
    bool operator==(const identity&) const = default;
};

/// Whether a program is built on the layer. What is started again and again is looked into once.
bool is_of_layer(const std::string& path) {
    struct answer {
        identity program;
        bool is_of_layer;
    };
    static std::mutex guard;
    static std::optional<answer> last;
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) {
        return false;
    }
    const identity program(about);
    const std::lock_guard lock(guard);
    if (!last || last->program != program) {
        last = answer{program, has_note(path)};
    }
    return last->is_of_layer;
}

/// Why a path cannot be tried, 0 if it can.
unsigned trouble_with(const std::string& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) {
        const auto slash = path.rfind('/');
        const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        return errno == ENOENT && ::access(directory.c_str(), F_OK) == 0 ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND;
    }
    if (S_ISDIR(about.st_mode)) {
        return ERROR_ACCESS_DENIED;
    }
    // What is no program on Windows is no program here, too, whatever bit it lacks.
    return ::access(path.c_str(), X_OK) == 0 ? 0 : ERROR_BAD_EXE_FORMAT;
}

bool has_extension(const std::string& path) { return path.find('.', path.rfind('/') + 1) != std::string::npos; }

/// The path as it is, or with the extension of programs there.
found_program tried(const std::string& path) {
    found_program found{path, trouble_with(path)};
    if (found.error != 0 && !has_extension(path) && trouble_with(path + ".exe") == 0) {
        found = {path + ".exe", 0};
    }
    return found;
}

std::string own_directory() {
    std::array<char, 4096> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    const std::string whole(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    return whole.substr(0, whole.rfind('/') + 1);
}

found_program searched(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        return tried(name);
    }
    std::vector<std::string> places{own_directory(), "./"};
    const char* const path = std::getenv("PATH");
    for (std::string_view rest = path != nullptr ? path : ""; !rest.empty();) {
        const std::size_t end = rest.find(':');
        places.emplace_back(std::string(rest.substr(0, end)) + '/');
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    unsigned worst = ERROR_FILE_NOT_FOUND;
    for (const std::string& place : places) {
        found_program found = tried(place + name);
        if (found.error == 0) {
            return found;
        }
        worst = found.error == ERROR_BAD_EXE_FORMAT ? found.error : worst;
    }
    return {name, worst};
}

/// The first word, longer ones after it until one is a program.
found_program first_word(const std::string& line) {
    if (!line.empty() && line.front() == '"') {
        return searched(path_of(line.substr(1, line.find('"', 1) - 1)));
    }
    found_program first{"", ERROR_FILE_NOT_FOUND};
    for (std::size_t end = line.find_first_of(" \t", 1);; end = line.find_first_of(" \t", end + 1)) {
        found_program found = searched(path_of(line.substr(0, end)));
        if (found.error == 0) {
            return found;
        }
        first = first.path.empty() ? found : first;
        if (end == std::string::npos) {
            return first;
        }
    }
}

} // namespace

found_program find_program(const std::string* application, const std::string& command_line) {
    found_program found = application != nullptr ? tried(path_of(*application)) : first_word(command_line);
    found.is_of_layer = found.error == 0 && is_of_layer(found.path);
    return found;
}

} // namespace windpipe::win32
