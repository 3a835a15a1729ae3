// each_call.hpp - runs an operation again and again, each time with another one of its system calls failing.
#pragma once

#include "codes.hpp"
#include "faults.hpp"

#include <functional>

namespace windpipe_test::faults {

/// Fails by throwing windpipe::failure (or_throw does). It must check by itself that a success is a true one.
using operation = std::function<void()>;

/// For n = 1, 2, ...: the n-th system call of the operation fails with this error, until there is no n-th call. Each
/// time it must succeed nevertheless or fail with a clear error, and leave nothing behind; the last time, without a
/// failure, it must succeed. What may stay until the next call of the library is gone after `next`.
void fail_each_call(const operation& tried, int code, const operation& next = {});

/// The same with a call that is interrupted three times by a signal: that must not be noticed at all.
void interrupt_each_call(const operation& tried);

} // namespace windpipe_test::faults
