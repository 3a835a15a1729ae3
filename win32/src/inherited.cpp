#include "inherited.hpp"

#include "descriptors.hpp"
#include "event.hpp"
#include "file.hpp"
#include "mutex.hpp"
#include "named_pipe.hpp"
#include "pipe_end.hpp"
#include "section.hpp"
#include "table.hpp"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

using pages = std::map<int, std::shared_ptr<shared_page>>;

std::shared_ptr<shared_page> page_of(const handle_record& record, pages& known) {
    if (record.page == -1) {
        return nullptr;
    }
    const auto found = known.find(record.page);
    if (found != known.end()) {
        return found->second;
    }
    (void)::fcntl(record.page, F_SETFD, FD_CLOEXEC);
    return known[record.page] = shared_page::open(unique_handle(record.page));
}

std::unique_ptr<entry> made_of(const handle_record& record, unique_handle descriptor,
                               std::shared_ptr<shared_page> page) {
    switch (record.what) {
    case kind::read_end:
        return read_end::adopt(std::move(descriptor), record.access, std::move(page));
    case kind::write_end:
        return write_end::adopt(std::move(descriptor), record.access, std::move(page));
    case kind::file:
        return std::make_unique<file>(std::move(descriptor), record.access);
    case kind::named_pipe: // a connection: see can_travel()
        return std::make_unique<named_pipe>(std::move(descriptor), record.access);
    case kind::event:
        return std::make_unique<event>(std::move(descriptor), record.access, record.manual);
    case kind::mutex: {
        auto state = state_for(descriptor.get());
        return std::make_unique<mutex>(std::move(descriptor), record.access, std::move(state));
    }
    case kind::semaphore:
        return std::make_unique<semaphore>(std::move(descriptor), record.access, record.size);
    case kind::section:
        return std::make_unique<section>(std::move(descriptor), record.access, record.size);
    default:
        return nullptr;
    }
}

std::unique_ptr<entry> arrived(const handle_record& record, pages& known) {
    if (::fcntl(record.descriptor, F_SETFD, record.descriptor > STDERR_FILENO ? FD_CLOEXEC : 0) != 0) {
        return nullptr;
    }
    return made_of(record, unique_handle(record.descriptor), page_of(record, known));
}

/// Whether a descriptor is what events and their like are made of. Another file could make us wait where we do not mean
/// to.
bool is_eventfd(int descriptor) {
    std::array<char, 64> path{};
    std::array<char, 64> name{};
    (void)std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", descriptor);
    const int mode = ::fcntl(descriptor, F_GETFL);
    return ::readlink(path.data(), name.data(), name.size() - 1) > 0 && mode != -1 && (mode & O_NONBLOCK) != 0 &&
           std::string_view(name.data()) == "anon_inode:[eventfd]";
}

} // namespace

std::unique_ptr<entry> entry_from(const handle_record& record, unique_handle descriptor, unique_handle page) {
    const bool must_be_eventfd =
        record.what == kind::event || record.what == kind::mutex || record.what == kind::semaphore;
    if (must_be_eventfd && !is_eventfd(descriptor.get())) {
        return nullptr;
    }
    return made_of(record, std::move(descriptor), page ? shared_page::open(std::move(page)) : nullptr);
}

bool can_travel(const entry& one) noexcept {
    switch (one.what()) {
    case kind::read_end:
    case kind::write_end:
    case kind::file:
    case kind::event:
    case kind::mutex:
    case kind::semaphore:
    case kind::section:
        return true;
    case kind::named_pipe: // an instance of a server listens here alone
        return static_cast<const named_pipe&>(one).server() == nullptr;
    default:
        return false;
    }
}

handle_record record_of(const entry& given, int descriptor) {
    handle_record record{.descriptor = descriptor,
                         .page = -1,
                         .what = given.what(),
                         .manual = false,
                         .streams = 0,
                         .unused = 0,
                         .access = given.access(),
                         .flags = given.flags,
                         .size = 0};
    if (given.what() == kind::read_end || given.what() == kind::write_end) {
        shared_page* const page = static_cast<const pipe_end&>(given).page();
        record.page = page != nullptr ? page->shared_descriptor() : -1;
    } else if (given.what() == kind::event) {
        record.manual = static_cast<const event&>(given).is_manual();
    } else if (given.what() == kind::semaphore) {
        record.size = static_cast<const semaphore&>(given).most();
    } else if (given.what() == kind::section) {
        record.size = static_cast<const section&>(given).size();
    }
    return record;
}

void adopt(std::span<const handle_record> records) {
    pages known;
    for (const handle_record& record : records) {
        if (auto made = arrived(record, known); made != nullptr) {
            made->flags = record.flags;
            made->streams = record.streams;
            (void)install(std::move(made));
        }
    }
}

std::unique_ptr<entry> entry_of_descriptor(unique_handle descriptor) {
    const int number = descriptor.get();
    const int mode = ::fcntl(number, F_GETFL);
    struct stat about{};
    if (mode == -1 || ::fstat(number, &about) != 0) {
        (void)descriptor.release();
        return nullptr;
    }
    const int way = mode & O_ACCMODE;
    if (S_ISFIFO(about.st_mode) && way == O_RDONLY) {
        return read_end::adopt(std::move(descriptor), read_end_access, nullptr);
    }
    if (S_ISFIFO(about.st_mode) && way == O_WRONLY) {
        return write_end::adopt(std::move(descriptor), write_end_access, nullptr);
    }
    ACCESS_MASK access = way != O_WRONLY ? FILE_GENERIC_READ : 0;
    access |= way != O_RDONLY ? FILE_GENERIC_WRITE : 0;
    return std::make_unique<file>(std::move(descriptor), access);
}

} // namespace windpipe::win32
