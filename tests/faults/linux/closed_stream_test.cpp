// A start where the kernel gives what it makes for us the number of a standard stream.
#include "each_call.hpp"

#include "conformance/helpers/processes.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace windpipe_test::faults {

namespace {

using windpipe::or_throw;

/// This process without its standard input.
class without_stdin {
public:
    without_stdin() : kept_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 100)) { ::close(STDIN_FILENO); }
    ~without_stdin() {
        ::dup2(kept_, STDIN_FILENO);
        ::close(kept_);
    }
    without_stdin(const without_stdin&) = delete;
    without_stdin& operator=(const without_stdin&) = delete;

private:
    int kept_;
};

void start_and_wait() {
    auto child = or_throw(child_command("cat").in(windpipe::piped).out(windpipe::null).spawn());
    EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), -1) << "something of ours has the number";
    child.in.close();
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

TEST(closed_stream_faults, of_a_start_are_errors_that_leave_nothing_behind) {
    const without_stdin here;
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(start_and_wait, code);
    }
}

} // namespace

} // namespace windpipe_test::faults
