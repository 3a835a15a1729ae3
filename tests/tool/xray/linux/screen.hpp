// screen.hpp - a real terminal, that of tmux, and what stands on its screen.
#pragma once

#include "pipelines.hpp"

#include "support/watchdog.hpp"

#include <windpipe/run.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

namespace windpipe_test {

/// A terminal of 80 columns and 24 rows with a shell, of a server of its own.
class terminal_test : public testing::Test {
protected:
    void SetUp() override {
        if (!windpipe::run(windpipe::command("tmux", "-V"))) {
            GTEST_SKIP() << "tmux is not installed (Debian: tmux)";
        }
        tmux({"-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "env", "LC_ALL=C.UTF-8", "PS1=shell> ",
              "sh"});
        wait_for("shell>");
    }
    void TearDown() override { (void)windpipe::run(windpipe::command("tmux", words{"-L", server_, "kill-server"})); }

    std::string tmux(words line) const {
        words all{"-L", server_};
        all.insert(all.end(), line.begin(), line.end());
        const auto done = windpipe::run(windpipe::command("tmux", all).env("LC_ALL", "C.UTF-8").env("TERM", "xterm"));
        EXPECT_TRUE(done && done->status.success()) << (done ? done->err.text() : done.error().message());
        return done ? std::string(done->out.text()) : std::string();
    }
    void type(const std::string& text) const { tmux({"send-keys", text, "Enter"}); }
    [[nodiscard]] std::string picture() const { return tmux({"capture-pane", "-p"}); }
    /// Also what has left the screen at its top.
    [[nodiscard]] std::string printed() const { return tmux({"capture-pane", "-p", "-S", "-200"}); }

    /// Waits until the screen shows this, and whether it is the other one.
    std::string wait_for(const std::string& part, std::string_view other = "") const {
        const waiting_for this_one("the screen to show " + part);
        while (true) {
            const std::string seen = picture();
            if (seen.find(part) != std::string::npos && (other.empty() || state() == other)) {
                return seen;
            }
        }
    }
    /// Whether the other screen is shown, and the cursor.
    [[nodiscard]] std::string state() const {
        const std::string text = tmux({"display-message", "-p", "#{alternate_on} #{cursor_flag}"});
        return text.substr(0, text.find('\n'));
    }

    constexpr static std::string_view drawn = "1 0";
    constexpr static std::string_view restored = "0 1";

private:
    /// Another one for each test: one that is about to end still takes calls, and then drops them.
    static std::string new_server() {
        static int count = 0;
        return "windpipe_test_" + std::to_string(::getpid()) + '_' + std::to_string(++count);
    }

    const std::string server_ = new_server();
};

/// In a shell: 4 KiB, fifty times a second.
inline const std::string slow_source =
    "perl -e '$|=1; while(1){syswrite STDOUT,q(x)x4096; select undef,undef,undef,.02}'";

} // namespace windpipe_test
