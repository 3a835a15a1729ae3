#include "job.hpp"

#include <mutex>

namespace windpipe::platform {

namespace {

BOOL set_limits(HANDLE job, DWORD flags) noexcept {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = flags;
    return sys::set_job_limits(job, limits);
}

} // namespace

// Source: "Job Objects", JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE. From Windows 8 on a child that is in a job of our own
// parent's can be in this one too.
result<unique_handle> make_job() {
    unique_handle job = sys::create_job();
    if (!job || !set_limits(job.get(), JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)) {
        return sys::failed("job object");
    }
    return job;
}

result<HANDLE> job_of_this_process() {
    static std::mutex mutex;
    static HANDLE made = nullptr;
    const std::scoped_lock lock(mutex);
    if (made == nullptr) {
        auto job = make_job();
        if (!job) {
            return std::unexpected(std::move(job).error());
        }
        made = job->release();
    }
    return made;
}

BOOL release_job(unique_handle& job) noexcept {
    const BOOL released = set_limits(job.get(), 0);
    if (released) {
        job.reset();
    }
    return released;
}

} // namespace windpipe::platform
