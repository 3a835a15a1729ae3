#include "inquiry.hpp"

#include "core/utf16.hpp"
#include "platform/platform.hpp"

#include <algorithm>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "find holders";

/// The handles of all processes at one moment.
class handle_table {
public:
    result<void> read() {
        constexpr std::size_t most = 1UL << 30;
        for (std::size_t size = 1UL << 20; size <= most; size *= 2) {
            memory_ = std::make_unique_for_overwrite<std::byte[]>(size);
            if (sys::query_handles({memory_.get(), size}, &entries_)) {
                return {};
            }
            if (::GetLastError() != ERROR_BAD_LENGTH) {
                break;
            }
        }
        return sys::failed(step);
    }
    [[nodiscard]] std::span<const sys::handle_entry> entries() const noexcept { return entries_; }

private:
    std::unique_ptr<std::byte[]> memory_;
    std::span<const sys::handle_entry> entries_;
};

std::string name_of(HANDLE process) {
    std::wstring path(32768, L'\0');
    auto size = static_cast<DWORD>(path.size());
    if (!sys::get_image_name(process, path.data(), &size)) {
        return {};
    }
    path.resize(size);
    path.erase(0, path.find_last_of(L"\\/") + 1); // npos + 1 is 0
    return to_utf8({reinterpret_cast<const char16_t*>(path.data()), path.size()});
}

/// The rights that CreatePipe gives, and we. Few handles that are no ends of pipes have exactly these.
constexpr ACCESS_MASK rights_of_reader = FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES;
constexpr ACCESS_MASK rights_of_writer = FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES;

/// Tries the handles that could be the other end of one of our pipes.
class search {
public:
    search(inquiry& asking, std::vector<pipe_identity> ours, ACCESS_MASK rights)
        : asking_(asking), ours_(std::move(ours)), rights_(rights) {}

    void look_at(const sys::handle_entry& entry) {
        if (entry.access != rights_ || !asking_.answers()) {
            return;
        }
        const auto id = static_cast<DWORD>(entry.process);
        if (id != process_id_) {
            process_ = sys::open_process(PROCESS_DUP_HANDLE | PROCESS_QUERY_LIMITED_INFORMATION, id);
            process_id_ = id;
        }
        if (!process_) {
            return;
        }
        unique_handle copy = sys::copy_from(process_.get(), reinterpret_cast<HANDLE>(entry.handle));
        if (!copy) {
            return;
        }
        const auto identity = asking_.ask(std::move(copy));
        const auto is_other = [&](const pipe_identity& one) {
            return one.name == identity->name && one.end != identity->end;
        };
        if (identity && std::ranges::any_of(ours_, is_other)) {
            found_.known.push_back({id, name_of(process_.get()), entry.handle});
        }
    }

    holder_list take() && {
        std::ranges::sort(found_.known, {}, [](const holder& one) { return std::pair(one.pid, one.handle); });
        return std::move(found_);
    }

private:
    inquiry& asking_;
    std::vector<pipe_identity> ours_;
    ACCESS_MASK rights_;
    DWORD process_id_ = 0; // the idle process, which cannot be opened
    unique_handle process_;
    holder_list found_;
};

} // namespace

result<holder_list> holders(std::span<const native_handle> ends, direction way) {
    inquiry asking;
    std::vector<pipe_identity> ours;
    for (const native_handle end : ends) {
        unique_handle copy = sys::duplicate_handle(end, false);
        if (!copy) {
            return sys::failed(step);
        }
        auto identity = asking.ask(std::move(copy));
        if (!asking.answers()) {
            return sys::refused(step, std::errc::device_or_resource_busy,
                                "another thread is in a call on this end, which Windows lets nobody ask about then");
        }
        if (!identity) {
            return sys::refused(step, std::errc::operation_not_supported,
                                "this pipe has no name of its own by which its ends could be known");
        }
        ours.push_back(std::move(*identity));
    }
    handle_table table;
    if (auto read = table.read(); !read) {
        return std::unexpected(std::move(read).error());
    }
    const DWORD self = ::GetCurrentProcessId();
    const auto is_ours = [&](const sys::handle_entry& entry) {
        return entry.process == self && entry.handle == reinterpret_cast<std::uintptr_t>(ends.front());
    };
    const auto known = std::ranges::find_if(table.entries(), is_ours);
    if (known == table.entries().end()) {
        return sys::refused(step, std::errc::operation_not_supported, "the system does not list the handles");
    }
    search all(asking, std::move(ours), way == direction::read ? rights_of_writer : rights_of_reader);
    for (const sys::handle_entry& entry : table.entries()) {
        if (entry.type == known->type) {
            all.look_at(entry);
        }
    }
    return std::move(all).take();
}

} // namespace windpipe::platform
