#include "job.hpp"
#include "program.hpp"
#include "streams.hpp"
#include "sys.hpp"

#include "core/command_line.hpp"
#include "core/utf16.hpp"

#include <algorithm>
#include <memory>

namespace windpipe::platform {

namespace {

/// The one string that CreateProcessW passes on.
result<std::u16string> command_line(const spawn_plan& plan) {
    if (plan.arguments.front().find('"') != std::string::npos) {
        return sys::refused("arguments", std::errc::invalid_argument,
                            "a quotation mark in argv[0], which Windows has no way to write");
    }
    auto line = to_utf16(windows_command_line(plan.arguments), "arguments");
    constexpr std::size_t most = 32767; // with its NUL. Source: CreateProcessW, lpCommandLine
    if (line && line->size() >= most) {
        return sys::failed("arguments", ERROR_FILENAME_EXCED_RANGE,
                           "the command line has " + std::to_string(line->size()) + " UTF-16 units; Windows takes " +
                               std::to_string(most - 1));
    }
    return line;
}

/// Whether a variable is one that we have ourselves: what is in it is then no mistake of the command's.
bool is_ours(const std::string& entry) {
    const auto ours = environment();
    return ours && std::ranges::find(*ours, entry) != ours->end();
}

/// "A=1\0B=2\0\0", sorted. Source: CreateProcessW, lpEnvironment; "Changing Environment Variables".
result<std::u16string> environment_block(const spawn_plan& plan) {
    std::vector<std::u16string> entries;
    for (const std::string& entry : *plan.environment) {
        auto text = to_utf16(entry, "environment");
        if (!text && is_ours(entry)) {
            text = from_wtf8(entry, "environment");
        }
        if (!text) {
            return std::unexpected(std::move(text).error());
        }
        entries.push_back(std::move(*text));
    }
    const auto name_size = [](const std::u16string& entry) {
        return static_cast<int>(std::min(entry.find(u'=', 1), entry.size()));
    };
    std::ranges::sort(entries, [&](const std::u16string& a, const std::u16string& b) {
        return ::CompareStringOrdinal(wide(a), name_size(a), wide(b), name_size(b), TRUE) == CSTR_LESS_THAN;
    });
    std::u16string block;
    for (const std::u16string& entry : entries) {
        block.append(entry).push_back(u'\0');
    }
    block.append(entries.empty() ? 2 : 1, u'\0');
    return block;
}

/// That the directory to start in is one, so that the failed step can be named.
result<std::u16string> checked_directory(const spawn_plan& plan) {
    constexpr std::string_view step = "current directory";
    auto path = to_utf16(plan.directory.value_or(std::string{}), step);
    if (!path || !plan.directory) {
        return path;
    }
    const DWORD attributes = sys::get_file_attributes(wide(*path));
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        return sys::failed(step, ::GetLastError(), *plan.directory);
    }
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return sys::failed(step, ERROR_DIRECTORY, *plan.directory);
    }
    return path;
}

/// What CreateProcessW is told beside the usual: the handles to inherit, and no others, and the jobs to start in.
class start_attributes {
public:
    start_attributes() = default;
    ~start_attributes() {
        if (list() != nullptr) {
            ::DeleteProcThreadAttributeList(list());
        }
    }
    start_attributes(const start_attributes&) = delete;
    start_attributes& operator=(const start_attributes&) = delete;

    /// The second job, if there is one, is within the first.
    result<void> set(const inheritable_streams& streams, const std::vector<native_handle>& given,
                     std::span<const HANDLE> jobs) {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 2, 0, &size); // only asks for the size
        auto memory = std::make_unique<std::byte[]>(size);
        auto* const made = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.get());
        if (!sys::initialize_attributes(made, 2, &size)) {
            return sys::failed("exec");
        }
        memory_ = std::move(memory);
        handles_ = given; // each may be in the list only once
        for (const unique_handle& handle : streams.owned) {
            if (handle) {
                handles_.push_back(handle.get());
            }
        }
        std::ranges::copy(jobs, jobs_.begin());
        if (!sys::update_attribute(list(), PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                   handles_.size() * sizeof(HANDLE))) {
            return sys::failed("exec");
        }
        if (!sys::update_attribute(list(), PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs_.data(), jobs.size_bytes())) {
            return sys::failed("job object");
        }
        return {};
    }
    [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST list() const noexcept {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
    }

private:
    std::unique_ptr<std::byte[]> memory_; // it points to what follows
    std::vector<HANDLE> handles_;
    std::array<HANDLE, 2> jobs_{};
};

/// Whether this program is one with windows, and has opened no console.
bool is_windowed() noexcept {
    const auto* const image = reinterpret_cast<const std::byte*>(::GetModuleHandleW(nullptr));
    const auto offset = reinterpret_cast<const IMAGE_DOS_HEADER*>(image)->e_lfanew;
    const auto* const headers = reinterpret_cast<const IMAGE_NT_HEADERS*>(image + offset);
    return headers->OptionalHeader.Subsystem == IMAGE_SUBSYSTEM_WINDOWS_GUI && ::GetConsoleCP() == 0;
}

/// A program for the console shares ours. Where we are a program with windows, it gets a console without one, instead
/// of one that opens on the user's screen.
DWORD creation_flags(const spawn_plan& plan) noexcept {
    DWORD flags = CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
    if (plan.own_group) {
        flags |= CREATE_NEW_PROCESS_GROUP; // Ctrl-Break can be sent to a group only
    }
    return is_windowed() ? flags | CREATE_NO_WINDOW : flags;
}

} // namespace

result<process> spawn(const spawn_plan& plan) {
    const auto program = find_program(plan);
    if (!program) {
        return std::unexpected(program.error());
    }
    auto line = command_line(plan);
    if (!line) {
        return std::unexpected(std::move(line).error());
    }
    auto environment = plan.environment ? environment_block(plan) : std::u16string();
    if (!environment) {
        return std::unexpected(std::move(environment).error());
    }
    const auto directory = checked_directory(plan);
    if (!directory) {
        return std::unexpected(directory.error());
    }
    const auto streams = open_streams(plan);
    if (!streams) {
        return std::unexpected(streams.error());
    }
    auto job = make_job();
    if (!job) {
        return std::unexpected(std::move(job).error());
    }
    const auto outer = plan.dies_with_us ? job_of_this_process() : result<HANDLE>(nullptr);
    if (!outer) {
        return std::unexpected(outer.error());
    }
    const std::array<HANDLE, 2> jobs{*outer, job->get()};
    start_attributes attributes;
    if (auto set = attributes.set(*streams, plan.given, std::span(jobs).subspan(plan.dies_with_us ? 0 : 1)); !set) {
        return std::unexpected(std::move(set).error());
    }
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = streams->stream[0];
    startup.StartupInfo.hStdOutput = streams->stream[1];
    startup.StartupInfo.hStdError = streams->stream[2];
    startup.lpAttributeList = attributes.list();
    PROCESS_INFORMATION made{};
    if (!sys::create_process(wide(*program), reinterpret_cast<wchar_t*>(line->data()), creation_flags(plan),
                             plan.environment ? environment->data() : nullptr,
                             plan.directory ? wide(*directory) : nullptr, &startup.StartupInfo, &made)) {
        return sys::failed("exec", ::GetLastError(), to_utf8(*program));
    }
    sys::close_handle(made.hThread);
    return process{.handle = unique_handle(made.hProcess),
                   .job = std::move(*job),
                   .id = made.dwProcessId,
                   .leads_group = plan.own_group,
                   .started = deadline::clock::now()};
}

} // namespace windpipe::platform
