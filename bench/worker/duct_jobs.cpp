// The jobs in which a library may bring what the bytes go through.
#include "worker/job.hpp"

#include <array>
#include <cstring>
#include <span>

namespace bench {

namespace {

std::unique_ptr<duct> open_duct(const peer& who, const parameters& given, bool leads, bool sends, bool receives) {
    const std::size_t piece = given.number("size", 64);
    const std::size_t capacity = given.number("capacity", 1 << 20);
    return who.open(meeting{.in = receives || !leads ? data_in() : pipe_end{},
                            .out = sends || leads ? data_out() : pipe_end{},
                            .leads = leads,
                            .sends = sends,
                            .receives = receives,
                            .piece = piece,
                            .capacity = capacity});
}

/// So much goes through it first that all memory in between has been used once: a system gives it page by page.
std::uint64_t pieces_before(const parameters& given) {
    return given.number("capacity", 1 << 20) / given.number("size", 64);
}

nlohmann::json run_send(const peer& who, const parameters& given) {
    const std::size_t size = given.number("size", 65536);
    const bool touch = given.number("touch", 0) != 0;
    const auto through = open_duct(who, given, true, true, false);
    outgoing before(size, pieces_before(given), touch);
    outgoing data(size, given.number("bytes", 0) / size, touch);
    through->send(before);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    through->send(data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = data.bytes() == given.number("bytes", 0);
    return report;
}

nlohmann::json run_receive(const peer& who, const parameters& given) {
    const std::size_t size = given.number("size", 65536);
    const std::size_t room = given.number("room", 65536);
    const bool touch = given.number("touch", 0) != 0;
    const auto through = open_duct(who, given, false, false, true);
    incoming before(size, pieces_before(given) * size, room, touch);
    incoming data(size, given.number("bytes", 0), room, touch);
    through->receive(before);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    through->receive(data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = before.right() && data.right();
    return report;
}

nlohmann::json run_ping(const peer& who, const parameters& given) {
    questions data(given.number("size", 64), given.number("count", 1000));
    const auto through = open_duct(who, given, true, true, true);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    through->ping(data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = data.right();
    report["p50_ns"] = quantile(data.took_ns(), 0.5);
    report["p99_ns"] = quantile(data.took_ns(), 0.99);
    return report;
}

nlohmann::json run_echo(const peer& who, const parameters& given) {
    const auto through = open_duct(who, given, false, true, true);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    through->echo(given.number("size", 64), given.number("count", 1000));
    watch.finish(report);
    report["right"] = true; // the other side compares the answers
    return report;
}

/// Reports, sends its number, and is there until it is killed.
nlohmann::json run_victim(const peer& who, const parameters& given) {
    std::array<char, sizeof(std::uint64_t)> number{};
    const std::uint64_t self = this_process();
    std::memcpy(number.data(), &self, sizeof self);
    const auto through = open_duct(who, given, false, true, true);
    await_start();
    nlohmann::json report;
    stopwatch().finish(report);
    report["right"] = true;
    send_report(report);
    through->say({number.data(), number.size()});
    wait_forever();
}

/// How long it takes from the kill of the other process until a read ends, or a write fails.
nlohmann::json run_notice(const peer& who, const parameters& given) {
    const bool writes = given.number("writes", 0) != 0;
    const auto through = open_duct(who, given, true, true, true);
    ignore_broken_pipes();
    await_start();
    std::array<char, sizeof(std::uint64_t)> number{};
    std::uint64_t victim = 0;
    const bool heard = through->hear(number);
    std::memcpy(&victim, number.data(), sizeof victim);
    nlohmann::json report;
    const stopwatch watch;
    const std::int64_t begin_ns = now_ns();
    if (heard) {
        kill_process(victim);
    }
    writes ? through->write_until_gone() : through->read_until_gone();
    report["notice_ns"] = now_ns() - begin_ns;
    watch.finish(report);
    report["right"] = heard; // and come back
    return report;
}

} // namespace

const job_list& duct_jobs() {
    static const job_list all = {{"duct_send", run_send}, {"duct_receive", run_receive}, {"duct_ping", run_ping},
                                 {"duct_echo", run_echo}, {"victim", run_victim},        {"notice", run_notice}};
    return all;
}

} // namespace bench
