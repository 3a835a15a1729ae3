// Every allocation of a start fails once: an error, not an exception, and no process that nobody owns.
#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <system_error>

namespace {

thread_local std::size_t until_failure = 0; // 0: none fails

void* new_or_null(std::size_t size) noexcept {
    const bool counts = until_failure != 0;
    until_failure -= counts ? 1 : 0;
    return counts && until_failure == 0 ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* new_or_failure(std::size_t size) {
    void* const memory = new_or_null(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

} // namespace

// Not inlined: GCC would see one half of a pair and warn that the other does not match it.
[[gnu::noinline]] void* operator new(std::size_t size) { return new_or_failure(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return new_or_failure(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return new_or_null(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return new_or_null(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace windpipe_test::faults {

namespace {

using windpipe::piped;

TEST(allocations, of_a_start_that_fail_are_errors_and_leave_no_process) {
    auto what = child_command("cat").env("WINDPIPE_TEXT", std::string(100, 'x')).in(piped).out(piped).err(piped);
    for (std::size_t n = 1;; ++n) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        ASSERT_LT(n, 10'000U);
        const expect_nothing_leaked watch;
        until_failure = n;
        auto child = what.spawn();
        const bool one_failed = until_failure == 0;
        until_failure = 0;
        if (!one_failed) {
            ASSERT_OK(child);
            EXPECT_GT(n, 10U) << "does this test fail anything?";
            break;
        }
        if (!child) {
            EXPECT_EQ(child.error().code, std::errc::not_enough_memory) << child.error().message();
            EXPECT_FALSE(child.error().operation.empty());
        }
    }
}

/// The first allocation of `body` fails.
template <class Body>
auto without_memory(Body body) {
    until_failure = 1;
    auto outcome = body();
    until_failure = 0;
    return outcome;
}

TEST(allocations, of_ends_that_fail_are_errors_and_take_nothing_away) {
    const expect_nothing_leaked watch;
    EXPECT_FAILS(without_memory([] { return windpipe::make_pipe(); }), not_enough_memory);
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    EXPECT_FAILS(without_memory([&, &reader = reader] { return reader.duplicate(); }), not_enough_memory);
    auto handle = writer.release();
    EXPECT_FAILS(without_memory([&] { return windpipe::pipe_writer::adopt(std::move(handle)); }), not_enough_memory);
    EXPECT_TRUE(handle) << "it stays its owner's"; // NOLINT(bugprone-use-after-move): that is the test
}

} // namespace

} // namespace windpipe_test::faults
