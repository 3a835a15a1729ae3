#include "sys.hpp"

#include <array>
#include <thread>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "wait for tree";

bool has_ended(HANDLE process) noexcept { return sys::wait_for_one(process, 0) == WAIT_OBJECT_0; }

} // namespace

tree_hold hold_on(const process& /*what*/) noexcept { return tree_hold::job; }

// Source: "Job Objects", QueryInformationJobObject. Who has ended leaves the job soon after.
result<unique_handle> tree_member(const process& what) {
    if (!has_ended(what.handle.get())) {
        unique_handle copy = sys::duplicate_handle(what.handle.get(), false);
        return copy ? result<unique_handle>(std::move(copy)) : sys::failed(step);
    }
    while (true) {
        sys::job_processes listed{};
        if (!sys::query_job(what.job.get(), &listed) && ::GetLastError() != ERROR_MORE_DATA) {
            return sys::failed(step);
        }
        if (listed.listed == 0) {
            return unique_handle();
        }
        for (std::size_t i = 0; i < listed.listed; ++i) {
            unique_handle member =
                sys::open_process(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, static_cast<DWORD>(listed.ids[i]));
            if (!member) {
                if (::GetLastError() == ERROR_INVALID_PARAMETER) { // it is gone
                    continue;
                }
                return sys::failed(step);
            }
            BOOL is_one = FALSE; // its number could be another's by now
            if (!sys::is_in_job(member.get(), what.job.get(), &is_one)) {
                return sys::failed(step);
            }
            if (is_one && !has_ended(member.get())) {
                return member;
            }
        }
        std::this_thread::yield();
    }
}

} // namespace windpipe::platform
