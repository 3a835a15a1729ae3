// job.hpp - the job object that holds a child and what it starts, and kills them when its last handle goes with us.
#pragma once

#include "sys.hpp"

namespace windpipe::platform {

result<unique_handle> make_job();

/// The job of all who shall die with this process: it is never closed while we live.
result<HANDLE> job_of_this_process();

/// Closes a job without killing what is in it. FALSE: it is still there.
BOOL release_job(unique_handle& job) noexcept;

} // namespace windpipe::platform
