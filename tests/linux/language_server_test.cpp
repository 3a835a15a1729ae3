// A real language server, clangd, through a whole session: initialize, open, diagnostics, shutdown, exit.
#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"
#include "support/result.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <unistd.h>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using windpipe::framing;
using windpipe::or_throw;

/// A client of one server: sends, and waits for the message it wants, past those it does not.
class language_client {
public:
    explicit language_client(windpipe::child& server)
        : to_(std::move(server.in), {.format = framing::content_length}),
          from_(std::move(server.out), {.format = framing::content_length}) {}

    void notify(const std::string& method, const json& parameters) {
        send({{"method", method}, {"params", parameters}});
    }

    json request(const std::string& method, const json& parameters) {
        const int id = ++last_id_;
        send({{"id", id}, {"method", method}, {"params", parameters}});
        return wait_for(
            [&](const json& message) { return message.contains("result") && message.value("id", 0) == id; });
    }

    json wait_for_notification(const std::string& method) {
        return wait_for([&](const json& message) { return message.value("method", "") == method; });
    }

    /// That the server says nothing more and has closed its end.
    [[nodiscard]] bool at_end() { return !or_throw(from_.next(limit)); }

private:
    void send(json message) {
        message["jsonrpc"] = "2.0";
        or_throw(to_.write(message.dump(), limit));
    }

    template <class Wanted>
    json wait_for(const Wanted& wanted) {
        for (;;) {
            const auto came = or_throw(from_.next(limit));
            if (!came) {
                ADD_FAILURE() << "the server has ended the stream";
                return {};
            }
            json message = json::parse(came->text());
            if (wanted(message)) {
                return message;
            }
        }
    }

    const windpipe::wait_limit limit{.until = 45s};
    windpipe::frame_writer<windpipe::pipe_writer> to_;
    windpipe::frame_reader<windpipe::pipe_reader> from_;
    int last_id_ = 0;
};

TEST(language_server, clangd_is_driven_from_initialize_to_exit) {
    constexpr const char* program = "/usr/bin/clangd";
    if (::access(program, X_OK) != 0) {
        GTEST_SKIP() << "there is no " << program << "; it is in Debian's package clangd";
    }
    const scratch_directory folder;
    const expect_nothing_leaked watch;
    windpipe::command what(program, "--background-index=false", "--log=error", "-j=1");
    what.current_dir(utf8(folder.path())).in(windpipe::piped).out(windpipe::piped).err(windpipe::null);
    auto server = or_throw(what.spawn());
    {
        language_client client(server);
        const json made = client.request(
            "initialize",
            {{"processId", nullptr}, {"rootUri", "file://" + utf8(folder.path())}, {"capabilities", json::object()}});
        EXPECT_TRUE(made.at("result").contains("capabilities"));
        client.notify("initialized", json::object());

        const std::string file = "file://" + utf8(folder / "wrong.cpp");
        client.notify("textDocument/didOpen", {{"textDocument",
                                                {{"uri", file},
                                                 {"languageId", "cpp"},
                                                 {"version", 1},
                                                 {"text", "int main() { return there_is_no_such_name; }\n"}}}});
        const json found = client.wait_for_notification("textDocument/publishDiagnostics").at("params");
        EXPECT_EQ(found.at("uri"), file);
        ASSERT_EQ(found.at("diagnostics").size(), 1U) << found.dump();
        EXPECT_NE(found.at("diagnostics")[0].at("message").get<std::string>().find("there_is_no_such_name"),
                  std::string::npos);

        EXPECT_TRUE(client.request("shutdown", nullptr).at("result").is_null());
        client.notify("exit", nullptr);
        EXPECT_TRUE(client.at_end());
    }
    EXPECT_TRUE(exited_with(server.wait(), 0)) << "after a shutdown in order";
}

} // namespace
} // namespace windpipe_test
