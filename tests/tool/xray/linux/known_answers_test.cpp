// Pipelines of which it is known what limits them: what does windpipe snapshot say? The table is printed. At most one
// in twelve answers may be "unknown"; a wrong one fails.
#include "pipelines.hpp"

#include "support/watchdog.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iomanip>
#include <iostream>
#include <thread>

using namespace windpipe_test;

namespace {

struct known {
    std::string name;
    std::string script;
    std::vector<std::string> ready; ///< what a snapshot shows when all of it runs
    std::vector<std::string> truth; ///< what the answer has to say, one of them
    bool alone = false;             ///< it needs processors for itself
};

enum class answer { right, unknown, wrong };

struct judged {
    answer what = answer::wrong;
    std::string text; ///< the verdict, or the deadlock
    std::string all;
};

/// Writes 4 KiB in every 20 ms.
const std::string drip = "perl -e '$|=1; while(1){syswrite STDOUT,q(x)x4096; select undef,undef,undef,.02}'";
/// Reads 4 KiB in every 20 ms.
const std::string sip = "perl -e 'while(sysread STDIN,$_,4096){select undef,undef,undef,.02}'";
/// Passes 4 KiB on in every 20 ms.
const std::string pass = "perl -e 'while(sysread STDIN,$_,4096){syswrite STDOUT,$_; select undef,undef,undef,.02}'";
/// Computes much for each byte.
const std::string burn = "perl -e 'while(sysread STDIN,$_,4096){$x=$x*69069+1 for 1..40000; syswrite STDOUT,$_}'";
const std::string make = "perl -e 'while(1){$x=$x*69069+1 for 1..40000; syswrite STDOUT,q(x)x4096}'";

std::vector<std::string> source(const std::string& name) { return {"the source limits: stage 1 (" + name}; }
std::vector<std::string> sink(const std::string& stage) { return {"the sink limits: stage " + stage}; }
std::vector<std::string> cpu(const std::string& stage) {
    return {"stage " + stage + ") limits: it needs the processor",
            "stage " + stage + ") limits: it is starved of processor"};
}
std::vector<std::string> asleep(const std::string& stage) { return {"stage " + stage + ") limits: it is asleep"}; }

/// A parent that joins a child to itself by pipes: $w to its input, $r from its output, $e from its errors.
std::string parent(const std::string& child, const std::string& then) {
    return "exec perl -e 'pipe I,$w; pipe $r,O; pipe $e,E; if(!fork){open STDIN,q(<&),I; open STDOUT,q(>&),O; open "
           "STDERR,q(>&),E; close $_ for I,$w,$r,O,$e,E; exec @ARGV} close $_ for I,O,E; " +
           then + "' " + child;
}

std::vector<known> asleep_pipelines() {
    return {
        {"slow source", drip + " | cat | wc -c", {"perl", "cat", "wc"}, source("perl")},
        {"slow source, a loop of a shell",
         "while :; do echo x; sleep .05; done | cat | wc -c",
         {"cat", "wc"},
         source("bash")},
        {"source that gives nothing", "sleep 1000 | cat | wc -c", {"sleep", "cat", "wc"}, source("sleep")},
        {"rate-limited middle", "cat /dev/zero | " + pass + " | wc -c", {"cat", "perl", "wc"}, asleep("2 (perl")},
        {"slow sink", "cat /dev/zero | cat | " + sip, {"cat", "perl"}, sink("3 (perl)")},
        {"sink that takes nothing", "cat /dev/zero | cat | sleep 1000", {"cat", "sleep"}, sink("3 (sleep)")},
        {"sort that swallows", drip + " | sort | wc -c", {"perl", "sort", "wc"}, source("perl")},
        {"sort that emits to a slow sink", "seq 1 100000 | sort -r | " + sip, {"1  sort", "2  perl"}, sink("2 (perl)")},
        {"tee to a full pipe",
         "cat /dev/zero | tee >(exec sleep 1000) | cat",
         {"tee", "sleep", "cat"},
         {"(sleep) limits: it is asleep", "(sleep) takes no more"}},
        {"a stopped stage",
         "cat /dev/zero | sh -c 'kill -STOP $$; exec cat' | wc -c",
         {"stopped", "wc"},
         {" is stopped by a signal"}},
        {"poll-style reader behind a slow source",
         drip + " | perl -e 'vec($i,0,1)=1; while(select($r=$i,undef,undef,undef)){sysread STDIN,$_,65536 or exit; "
                "syswrite STDOUT,$_}' | wc -c",
         {"1  perl", "2  perl", "wc"},
         source("perl")},
        {"records of 2049 bytes, full at half",
         "perl -e 'syswrite STDOUT,q(x)x2049 while 1' | sleep 1000",
         {"perl", "sleep", "32784 of 65536 bytes, full"},
         sink("2 (sleep)")},
        {"live tail -f", "tail -f /etc/passwd | grep root | cat", {"tail", "grep", "cat"}, source("tail")},
        {"a fifo",
         "d=$(mktemp -d); mkfifo $d/f; (cat <$d/f | wc -c) & (" + drip + " >$d/f) & sleep .3; rm -r $d; wait",
         {"perl", "cat", "wc"},
         source("perl")},
        {"a pair of sockets",
         "perl -e 'use Socket; socketpair A,B,AF_UNIX,SOCK_STREAM,0; if(fork){open STDOUT,q(>&),A; close A; close B; "
         "while(1){syswrite STDOUT,q(x)x999; select undef,undef,undef,.02}} open STDIN,q(<&),B; close A; close B; exec "
         "q(cat)' "
         "| wc -c",
         {"perl", "cat", "wc"},
         source("perl")},
        {"fed from outside, slowly",
         parent("cat", "while(1){syswrite $w,q(x); select undef,undef,undef,.02}"),
         {"perl", "cat"},
         asleep("1 (perl")},
        {"not read by who started it", parent("cat /dev/zero", "sleep 1000"), {"perl", "cat"}, asleep("1 (perl")},
    };
}

std::vector<known> stuck_pipelines() {
    return {
        {"deadlock: errors that nobody reads",
         parent("perl -e 'syswrite STDERR,q(x)x99999; print 1'", "sysread $r,$_,9; sysread $e,$_,9"),
         {"perl"},
         {"waits to write to its standard error"}},
        {"deadlock: parent waits for the end",
         parent("cat /dev/zero", "wait"),
         {"perl", "cat"},
         {"waits for its child to end"}},
        {"deadlock: both write",
         parent("cat", "syswrite $w,q(x)x999999; sysread $r,$_,9"),
         {"perl", "cat"},
         {"which only cat"}},
        {"deadlock: it holds its own input open",
         "perl -e 'pipe R,W; open STDIN,q(<&),R; close R; $^F=99; sysread STDIN,$_,1'",
         {"perl"},
         {"which only it can fill"}},
        {"deadlock: a ring",
         "d=$(mktemp -d); mkfifo $d/f; (cat <>$d/f | cat >$d/f) & sleep .3; rm -r $d; wait",
         {"cat"},
         {"which only cat"}},
    };
}

std::vector<known> busy_pipelines() {
    return {
        {"CPU-bound first", make + " | cat | wc -c", {"perl", "cat", "wc"}, cpu("1 (perl"), true},
        {"CPU-bound middle", "cat /dev/zero | " + burn + " | wc -c", {"cat", "perl", "wc"}, cpu("2 (perl"), true},
        {"CPU-bound last", "cat /dev/zero | cat | sha512sum", {"cat", "sha512sum"}, cpu("3 (sha512sum"), true},
        {"gzip", "yes abcdefg | gzip -9 | cat", {"yes", "gzip", "cat"}, cpu("2 (gzip"), true},
        {"xz -T1", "cat /dev/urandom | xz -T1 | cat", {"cat", "xz"}, cpu("2 (xz"), true},
        {"awk in four stages",
         "cat /dev/zero | tr '\\0' '\\n' | awk '{for(i=0;i<9;i++)s+=i*NR} END{print s}' | cat",
         {"tr", "awk"},
         cpu("3 (awk"),
         true},
        {"sh -c around a stage",
         "cat /dev/zero | sh -c 'gzip -9; true' | cat",
         {"sh > gzip"},
         cpu("2 (sh > gzip"),
         true},
        {"two busy stages, all processors taken",
         "spin 60000 & spin 60000 & cat /dev/zero | tr '\\0' x | sha512sum",
         {"tr", "sha512sum"},
         cpu("3 (sha512sum"),
         true},
        {"starved of the processor",
         "for i in 1 2 3 4; do spin 60000 & done; cat /dev/zero | nice -n 19 gzip -9 | cat",
         {"cat", "gzip"},
         cpu("2 (gzip"),
         true},
    };
}

judged judge(const known& each) {
    const running_script script(each.script);
    script.wait_for(each.ready);
    judged found{.text = {}, .all = script.snapshot("1.0")};
    const auto begin = std::min(found.all.find("deadlock: "), found.all.find("verdict: "));
    found.text = found.all.substr(std::min(begin, found.all.size()));
    const bool right = std::ranges::any_of(
        each.truth, [&](const std::string& part) { return found.text.find(part) != std::string::npos; });
    found.what = right ? answer::right : found.text.starts_with("verdict: unknown") ? answer::unknown : answer::wrong;
    return found;
}

std::vector<judged> judge_all(const std::vector<known>& all, std::size_t at_once) {
    std::vector<judged> found(all.size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < at_once; ++i) {
        workers.emplace_back([&] {
            for (std::size_t at = next++; at < all.size(); at = next++) {
                found[at] = judge(all[at]);
            }
        });
    }
    workers.clear();
    return found;
}

TEST(tool_xray_known_answers, are_given_or_unknown_is_said) {
    if (std::getenv("WINDPIPE_KNOWN_ANSWERS") == nullptr) {
        GTEST_SKIP() << "31 pipelines need the machine to themselves for a minute: WINDPIPE_KNOWN_ANSWERS=1 runs them";
    }
    allow(std::chrono::seconds(240));
    std::size_t right = 0;
    std::size_t count = 0;
    const auto tell = [&](const std::vector<known>& all, std::size_t at_once) {
        const std::vector<judged> found = judge_all(all, at_once);
        for (std::size_t i = 0; i < all.size(); ++i) {
            constexpr const char* words[] = {"right", "unknown", "WRONG"};
            std::cout << std::left << std::setw(8) << words[static_cast<int>(found[i].what)] << std::setw(40)
                      << all[i].name << found[i].text.substr(0, found[i].text.find('\n')) << '\n';
            EXPECT_NE(found[i].what, answer::wrong) << all[i].name << '\n' << found[i].all;
            right += found[i].what == answer::right ? 1U : 0U;
        }
        count += all.size();
    };
    tell(asleep_pipelines(), 6);
    tell(stuck_pipelines(), 4);
    tell(busy_pipelines(), 1);
    std::cout << right << " of " << count << " right\n";
    EXPECT_GE(count, 24U);
    EXPECT_GE(right * 12, count * 11) << "at least 22 of 24";
}

} // namespace
