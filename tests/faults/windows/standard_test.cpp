// A standard stream that could not be taken is what it was.
#include "codes.hpp"
#include "faults.hpp"

#include "support/native.hpp"

#include <windpipe/pipe.hpp>

#include <gtest/gtest.h>

#include <windows.h>

#include <string>

namespace windpipe_test::faults {

namespace {

TEST(standard_faults, leave_our_stream_to_the_children_that_inherit_it) {
    const HANDLE before = GetStdHandle(STD_INPUT_HANDLE);
    const auto [reader, writer] = plain_pipe();
    for (const int code : usual_codes()) {
        windpipe::unique_handle input = inheritable_copy(reader.get());
        SetStdHandle(STD_INPUT_HANDLE, input.get());
        for (std::size_t n = 1;; ++n) {
            fail_nth(n, code);
            const auto taken = windpipe::take_stdin();
            const std::string call = name_of_call(n);
            none();
            if (taken) {
                EXPECT_GT(n, 3U) << "it makes fewer calls than one would think";
                (void)input.release(); // closed: what was taken is a private copy
                break;
            }
            EXPECT_TRUE(is_inheritable(input.get())) << call << " failed with " << code;
            EXPECT_EQ(GetStdHandle(STD_INPUT_HANDLE), input.get());
        }
        CloseHandle(GetStdHandle(STD_INPUT_HANDLE)); // the null device
    }
    SetStdHandle(STD_INPUT_HANDLE, before);
}

} // namespace

} // namespace windpipe_test::faults
