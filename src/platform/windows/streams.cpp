#include "streams.hpp"
#include "program.hpp"
#include "sys.hpp"

#include "core/utf16.hpp"

namespace windpipe::platform {

result<unique_handle> inheritable_copy(HANDLE handle, std::string_view step) {
    unique_handle copy = sys::duplicate_handle(handle, true);
    return copy ? result<unique_handle>(std::move(copy)) : sys::failed(step);
}

namespace {

using source = stream_plan::source;

constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

result<unique_handle> open(const wchar_t* path, DWORD access, DWORD disposition, bool inheritable,
                           std::string_view step, const std::string& name) {
    SECURITY_ATTRIBUTES security{sizeof(SECURITY_ATTRIBUTES), nullptr, inheritable ? TRUE : FALSE};
    unique_handle file = sys::create_file(path, access, share_all, disposition, &security);
    return file ? result<unique_handle>(std::move(file)) : sys::failed(step, ::GetLastError(), name);
}

result<unique_handle> null_device(std::size_t number, std::string_view step) {
    return open(L"NUL", number == 0 ? GENERIC_READ : GENERIC_WRITE, OPEN_EXISTING, true, step, "NUL");
}

/// Our standard stream, or the null device where there is none that a child may have.
result<unique_handle> our_stream(std::size_t ours, std::size_t number, std::string_view step) {
    static constexpr std::array<DWORD, 3> names{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    const HANDLE handle = sys::get_std_handle(names[ours]);
    DWORD flags = 0;
    if (handle == nullptr || handle == no_handle || !sys::get_handle_information(handle, &flags) ||
        (flags & HANDLE_FLAG_INHERIT) == 0) {
        return null_device(number, step);
    }
    return inheritable_copy(handle, step);
}

result<unique_handle> open_stream(const stream_plan& plan, std::size_t number) {
    const std::string_view step = open_steps[number];
    switch (plan.from) {
    case source::inherit:
        return our_stream(number, number, step);
    case source::our_stdout:
        return our_stream(1, number, step);
    case source::our_stderr:
        return our_stream(2, number, step);
    case source::read_file:
    case source::write_file:
    case source::append_file:
        return open_path(plan.path, plan.from, true, step);
    case source::handle:
        return inheritable_end(plan.handle, step);
    case source::null:
    case source::same_as_out: // by the caller
        break;
    }
    return null_device(number, step);
}

} // namespace

result<unique_handle> open_path(const std::string& name, source how, bool inheritable, std::string_view step) {
    const auto path = to_utf16(name, step);
    if (!path) {
        return std::unexpected(path.error());
    }
    switch (how) {
    case source::read_file:
        return open(wide(*path), GENERIC_READ, OPEN_EXISTING, inheritable, step, name);
    case source::write_file:
        return open(wide(*path), GENERIC_WRITE, CREATE_ALWAYS, inheritable, step, name);
    default:
        // Without FILE_WRITE_DATA every write goes to the end, whoever else writes. Source: "File Access Rights
        // Constants".
        return open(wide(*path), FILE_GENERIC_WRITE & ~DWORD{FILE_WRITE_DATA}, OPEN_ALWAYS, inheritable, step, name);
    }
}

result<unique_handle> inheritable_end(HANDLE handle, std::string_view step) {
    if (handle == nullptr || handle == no_handle) {
        return sys::failed(step, ERROR_INVALID_HANDLE, "the handle given is none");
    }
    bool synchronous = false;
    if (!sys::query_synchronous(handle, &synchronous)) {
        return sys::failed(step);
    }
    if (!synchronous) {
        return sys::refused(step, std::errc::invalid_argument,
                            "the handle given is an overlapped one, such as our own end of a child's pipe; a program "
                            "needs a synchronous one, such as the ends of make_pipe()");
    }
    return inheritable_copy(handle, step);
}

result<inheritable_streams> open_streams(const spawn_plan& plan) {
    inheritable_streams streams;
    for (std::size_t i = 0; i < streams.owned.size(); ++i) {
        if (plan.streams[i].from == source::same_as_out) {
            streams.stream[i] = streams.stream[1];
            continue;
        }
        auto opened = open_stream(plan.streams[i], i);
        if (!opened) {
            return std::unexpected(std::move(opened).error());
        }
        streams.owned[i] = std::move(*opened);
        streams.stream[i] = streams.owned[i].get();
    }
    return streams;
}

} // namespace windpipe::platform
