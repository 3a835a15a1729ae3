// An offer is for the user who made it, whoever else has the token.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

using namespace windpipe_test;
using windpipe::or_throw;
using windpipe::piped;

constexpr const char* other_user = "65534";

/// Programs where every user may start them.
class offer_to_others : public testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "needs to be root to become another user";
        }
        namespace fs = std::filesystem;
        fs::permissions(scratch.path(), fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
        install("redeem_end", scratch.path(), "redeem_end");
        install("offer_end", scratch.path(), "offer_end");
    }
    windpipe::command by_other_user(const std::string& program) {
        return child_command("as_user", other_user, utf8(scratch / program));
    }

    scratch_directory scratch;
};

TEST_F(offer_to_others, is_refused_and_stands) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto offered = or_throw(windpipe::offer::make(std::move(writer)));
    const auto done = windpipe::run(by_other_user("redeem_end").arg("writer"), {.input = offered.token() + "\n"});
    ASSERT_OK(done);
    EXPECT_EQ(done->status, windpipe::exit_status::exited(1));
    EXPECT_NE(done->err.text().find("Operation not permitted: it is offered by another user, 0"), std::string::npos)
        << done->err.text();
    or_throw(or_throw(windpipe::redeem_writer(offered.token())).write("x"));
    EXPECT_EQ(rest_of(reader), "x");
}

TEST_F(offer_to_others, is_not_taken_from_them_either) {
    auto other = or_throw(by_other_user("offer_end").out(piped).spawn());
    EXPECT_TRUE(failed(windpipe::redeem_writer(line_of(other.out)), "redeem", std::errc::operation_not_permitted));
}

} // namespace
