// windpipe.hpp - all of windpipe that is the same on every system.
#pragma once

#include <windpipe/async.hpp>     // IWYU pragma: export
#include <windpipe/batch.hpp>     // IWYU pragma: export
#include <windpipe/bytes.hpp>     // IWYU pragma: export
#include <windpipe/child.hpp>     // IWYU pragma: export
#include <windpipe/command.hpp>   // IWYU pragma: export
#include <windpipe/error.hpp>     // IWYU pragma: export
#include <windpipe/files.hpp>     // IWYU pragma: export
#include <windpipe/frames.hpp>    // IWYU pragma: export
#include <windpipe/handle.hpp>    // IWYU pragma: export
#include <windpipe/handover.hpp>  // IWYU pragma: export
#include <windpipe/holders.hpp>   // IWYU pragma: export
#include <windpipe/io.hpp>        // IWYU pragma: export
#include <windpipe/limits.hpp>    // IWYU pragma: export
#include <windpipe/lines.hpp>     // IWYU pragma: export
#include <windpipe/page_pool.hpp> // IWYU pragma: export
#include <windpipe/pipe.hpp>      // IWYU pragma: export
#include <windpipe/pipeline.hpp>  // IWYU pragma: export
#include <windpipe/ring.hpp>      // IWYU pragma: export
#include <windpipe/run.hpp>       // IWYU pragma: export
#include <windpipe/stream.hpp>    // IWYU pragma: export
#include <windpipe/task.hpp>      // IWYU pragma: export
#include <windpipe/tee.hpp>       // IWYU pragma: export
#include <windpipe/transfer.hpp>  // IWYU pragma: export
#include <windpipe/waitable.hpp>  // IWYU pragma: export
