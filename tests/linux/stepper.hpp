// stepper.hpp - a program that goes on by one instruction at a time, by ptrace(2).
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace windpipe_test {

/// Owns the process: kills and reaps it.
class stepper {
public:
    /// Runs a program up to its first getppid(2). Nothing when tracing is not allowed here.
    static std::optional<stepper> start(const std::string& program, const std::vector<std::string>& args);
    stepper(stepper&& other) noexcept;
    stepper& operator=(stepper&&) = delete;
    ~stepper() { kill(); }

    /// False: it has ended.
    bool step();
    void kill();

private:
    explicit stepper(pid_t who) noexcept : who_(who) {}
    /// Lets it go on as `request` says, until it stops. Its status; nothing: it has ended.
    std::optional<int> go_on(int request);

    pid_t who_;
    int signal_ = 0; // that it is still to get
};

} // namespace windpipe_test
