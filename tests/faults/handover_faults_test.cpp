// Every system call of handing ends over fails once.
#include "each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/native.hpp"

#include "platform/platform.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windpipe_test::faults {

namespace {

using windpipe::or_throw;

/// This process as a child that was given a write end by the name "results".
class given_here {
public:
    explicit given_here(const windpipe::pipe_writer& writer) {
        auto passed = or_throw(windpipe::platform::pass_end(writer.native_handle(), 0));
        handle_ = inheritable_copy(writer.native_handle());
        const std::vector<windpipe::given_end> ends{{.name = "results",
                                                     .writes = true,
                                                     .number = number_of(handle_.get()),
                                                     .identity = passed.identity,
                                                     .check = ++checks}};
        variable_ = windpipe::encode_ends(ends);
        put_back();
    }
    ~given_here() { set_environment(name, nullptr); }
    given_here(const given_here&) = delete;
    given_here& operator=(const given_here&) = delete;

    /// The handle belongs to the adopted end from then on.
    windpipe::pipe_writer adopt() {
        auto end = or_throw(windpipe::adopt_writer("results"));
        (void)handle_.release();
        return end;
    }
    void put_back() const { set_environment(name, variable_.c_str()); }

private:
    template <class Handle>
    static std::uint64_t number_of(Handle handle) {
        if constexpr (std::is_pointer_v<Handle>) {
            return reinterpret_cast<std::uintptr_t>(handle);
        } else {
            return static_cast<std::uint64_t>(handle);
        }
    }

    static inline std::uint64_t checks = 0;
    static constexpr const char* name = "WINDPIPE_ENDS";
    windpipe::unique_handle handle_;
    std::string variable_;
};

void adopt_a_given_end() {
    auto ends = or_throw(windpipe::make_pipe());
    given_here given(ends.writer);
    auto adopted = given.adopt();
    ends.writer.close();
    or_throw(adopted.write("adopted"));
    adopted.close();
    std::string got;
    or_throw(ends.reader.read_to_end(got));
    EXPECT_EQ(got, "adopted");
}

void give_to_a_child() {
    auto ends = or_throw(windpipe::make_pipe());
    auto what = child_command("write_to_number").give("results", std::move(ends.writer)).in(windpipe::null);
    what.arg_with_ends("{results}").arg("given");
    auto child = or_throw(what.spawn());
    std::string got;
    or_throw(ends.reader.read_to_end(got));
    EXPECT_EQ(got, "given");
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

TEST(handover_faults, of_adopting_are_errors_that_leave_nothing_behind) {
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(adopt_a_given_end, code);
    }
}

TEST(handover_faults, of_giving_are_errors_that_leave_nothing_behind) {
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(give_to_a_child, code);
    }
}

TEST(handover_faults, leave_an_end_to_be_adopted_later) {
    for (const int code : usual_codes()) {
        for (std::size_t n = 1;; ++n) {
            auto ends = or_throw(windpipe::make_pipe());
            given_here given(ends.writer);
            fail_nth(n, code);
            auto failed = windpipe::adopt_writer("results");
            const bool injected_one = injected() > 0;
            none();
            if (failed) {
                (void)failed->release().release(); // it is `given` that closes it
            } else {
                EXPECT_TRUE(injected_one) << failed.error().message();
                EXPECT_TRUE(given.adopt().is_open()) << "call " << n;
            }
            if (!injected_one) {
                break;
            }
        }
    }
}

TEST(handover_here, an_adopted_end_is_private) {
    auto ends = or_throw(windpipe::make_pipe());
    given_here given(ends.writer);
    const auto adopted = given.adopt();
    EXPECT_FALSE(is_inheritable(adopted.native_handle()));
}

TEST(handover_here, an_end_is_adopted_once_although_the_variable_is_put_back) {
    auto ends = or_throw(windpipe::make_pipe());
    given_here given(ends.writer);
    const auto adopted = given.adopt();
    given.put_back();
    EXPECT_TRUE(failed(windpipe::adopt_writer("results"), "adopt", std::errc::no_such_file_or_directory));
}

} // namespace

} // namespace windpipe_test::faults
