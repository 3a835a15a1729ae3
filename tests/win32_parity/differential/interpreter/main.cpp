// Runs programs of calls on pipes and handles, one call a line, and prints what each gave: the value, the last error,
// the counts, the bytes. parity.py makes the programs, and compares what is printed under Wine and here.
//
// "child CALL" is made by a second process, which `spawn` starts with the handles that it inherits, and `end` ends.
// "thread CALL" is made by a second thread, and "begin CALL" begun there; `join` tells how that ended.
#include "call.hpp"
#include "other_process.hpp"

#include <future>
#include <iostream>
#include <utility>

namespace differential {

namespace {

call_table all_calls() {
    call_table all;
    for (const auto& some :
         {pipe_calls, handle_calls, completion_calls, section_calls, named_pipe_calls, blocked_calls, object_calls}) {
        all.merge(some());
    }
    return all;
}

/// One program after the other. What a call printed is its outcome.
class machine {
public:
    /// In the second process with the handles that it inherits.
    explicit machine(char** handles) {
        if (handles != nullptr) {
            slots_.inherit(handles);
        }
    }

    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;
    ~machine() { forget(); }

    std::string run(const std::string& line) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        const std::string rest = words.tellg() < 0 ? "" : line.substr(static_cast<std::size_t>(words.tellg()));
        if (word == "program") {
            forget();
            return word;
        }
        if (word == "spawn") {
            return word + ' ' + process_.start(slots_.inheritable());
        }
        if (word == "child") {
            return word + ' ' + process_.tell(rest);
        }
        if (word == "end") {
            return word + ' ' + process_.end();
        }
        if (word == "thread") {
            return word + ' ' + std::async(std::launch::async, [&] { return run(rest); }).get();
        }
        if (word == "begin") {
            begin(rest);
            return word;
        }
        if (word == "join") {
            return word + ' ' + join();
        }
        return make(word, words);
    }

private:
    /// What is still begun reads or writes, and ends when its handle does.
    void forget() {
        process_.end();
        slots_.clear();
        join();
        forget_completions();
        forget_sections();
    }

    void begin(const std::string& line) {
        std::promise<HANDLE> thread;
        std::future<HANDLE> handle = thread.get_future();
        begun_ = std::async(std::launch::async, [this, line, thread = std::move(thread)]() mutable {
            HANDLE self = nullptr;
            DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                            DUPLICATE_SAME_ACCESS);
            thread.set_value(self);
            return run(line);
        });
        thread_ = handle.get();
    }

    std::string join() {
        if (!begun_.valid()) {
            return "nobody";
        }
        const std::string outcome = begun_.get();
        CloseHandle(std::exchange(thread_, nullptr));
        return outcome;
    }

    std::string make(const std::string& word, std::istringstream& words) {
        call one{slots_, {thread_, process_.handle()}, {}, {}};
        for (std::uint32_t& each : one.given) {
            words >> each;
        }
        SetLastError(untouched);
        const BOOL ok = calls_.at(word)(one);
        one.tell(ok, GetLastError());
        return word + one.out.str();
    }

    const call_table calls_ = all_calls();
    slots slots_;
    other_process process_;
    std::future<std::string> begun_;
    HANDLE thread_ = nullptr;
};

} // namespace

} // namespace differential

int main(int count, char** words) {
    const bool is_child = count > 1;
    differential::machine runs(is_child ? words + 1 : nullptr);
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        std::cout << runs.run(line) + "\n";
        if (is_child || line == "program") { // somebody waits for it, or wants to know how far we came
            std::cout << std::flush;
        }
    }
}
