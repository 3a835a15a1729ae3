// Rows that only the layer can show: what they need is not in windows.h, or ends the program on Windows.
#include "child.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace parity;

/// So many descriptors may be open while it lives.
class descriptor_limit {
public:
    explicit descriptor_limit(rlim_t most) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit less{most, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &less);
    }
    ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    descriptor_limit(const descriptor_limit&) = delete;
    descriptor_limit& operator=(const descriptor_limit&) = delete;

private:
    rlimit before_{};
};

TEST(win32_rows, row_1_11_a_failed_CreatePipe_leaves_no_handles_in_its_outputs) {
    const auto values = [] {
        const ends pipe;
        return std::pair(pipe.read, pipe.write);
    };
    const auto before = values();
    int failures = 0;
    for (rlim_t most = STDERR_FILENO + 1;; ++most) { // too few for one end, for the other, for what they share
        HANDLE made[2] = {};
        outcome how;
        {
            const descriptor_limit limit(most);
            how = of([&] { return CreatePipe(&made[0], &made[1], nullptr, 0); });
        }
        if (how.ok != FALSE) {
            CloseHandle(made[0]);
            CloseHandle(made[1]);
            break;
        }
        ++failures;
        EXPECT_EQ(how, failed(ERROR_TOO_MANY_OPEN_FILES)) << most;
        EXPECT_EQ(made[0], INVALID_HANDLE_VALUE);
        EXPECT_EQ(made[1], INVALID_HANDLE_VALUE);
    }
    EXPECT_GE(failures, 3);
    EXPECT_EQ(values(), before) << "something was left open";
}

TEST(win32_handles, pseudo_handles_are_compared_as_what_they_stand_for) { // mingw-w64 has no library for it
    const auto compare = [](HANDLE first, HANDLE second) {
        return of([&] { return CompareObjectHandles(first, second); });
    };
    const owned process = duplicate(GetCurrentProcess());
    const owned thread = duplicate(GetCurrentThread());
    const owned opened(OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId()));
    for (HANDLE const same : {static_cast<HANDLE>(process), static_cast<HANDLE>(opened), GetCurrentProcess()}) {
        EXPECT_EQ(compare(GetCurrentProcess(), same), done(0));
        EXPECT_EQ(compare(same, GetCurrentProcess()), done(0));
    }
    EXPECT_EQ(compare(GetCurrentThread(), thread), done(0));
    EXPECT_EQ(compare(GetCurrentThread(), GetCurrentThread()), done(0));
    EXPECT_EQ(compare(GetCurrentThread(), GetCurrentProcess()), failed(ERROR_NOT_SAME_OBJECT));
    background other([&] { return compare(GetCurrentThread(), thread); });
    EXPECT_EQ(other.result(), failed(ERROR_NOT_SAME_OBJECT));
    EXPECT_EQ(compare(GetCurrentProcess(), nullptr), failed(ERROR_INVALID_HANDLE));
}

TEST(win32_rows, row_7_26_neither_a_program_nor_a_line_is_wrong) {
    const started none = start_line("");
    EXPECT_EQ(none.ok, FALSE);
    EXPECT_EQ(none.error, DWORD{ERROR_INVALID_PARAMETER});
    EXPECT_EQ(none.raw.hProcess, nullptr);
}

} // namespace
