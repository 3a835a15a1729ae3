// foreign.hpp - processes started without windpipe, by the system's plain calls: witnesses that owe it nothing.
#pragma once

#include <windpipe/handle.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace windpipe_test {

/// Which handles a process gets as its three streams; `no_handle`: ours.
struct foreign_streams {
    windpipe::native_handle in = windpipe::no_handle;
    windpipe::native_handle out = windpipe::no_handle;
    windpipe::native_handle err = windpipe::no_handle;
};

/// A process that inherits whatever can be inherited, as one started by careless code would.
///
/// Ends that are given to it stay open here too. The destructor kills it and waits for its end. Failures throw.
class foreign_child {
public:
    foreign_child(const std::string& program, const std::vector<std::string>& args,
                  const foreign_streams& streams = {});
    ~foreign_child();
    foreign_child(const foreign_child&) = delete;
    foreign_child& operator=(const foreign_child&) = delete;

    /// Its exit code; minus the number of the signal that killed it.
    int wait();
    void kill();
    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
    [[nodiscard]] windpipe::native_handle process() const noexcept { return process_.get(); }

private:
    windpipe::unique_handle process_; // Windows
    std::uint32_t id_ = 0;
    bool waited_ = false;
};

/// The program receive_end: a process to which an end is sent while it already runs.
class stranger {
public:
    /// `action`: what it does with the end: "write" or "read". `out`: where what it reads goes.
    explicit stranger(const std::string& action, windpipe::native_handle out = windpipe::no_handle);
    /// Gives it a copy of the end and tells it which. To be called once.
    void send(windpipe::native_handle end);
    int wait() { return child_.wait(); }

private:
    struct channel {
        windpipe::unique_handle ours;
        windpipe::unique_handle theirs;
    };
    static channel make_channel();

    channel channel_;
    foreign_child child_;
};

/// Takes a copy of a standard stream (0: in, 1: out) of a running child of ours, for this process.
/// On Windows `value` is the handle's value in the child, as lend_streams prints it; elsewhere it does not matter.
windpipe::unique_handle copy_from_child(std::uint32_t process, int stream, std::uint64_t value);

} // namespace windpipe_test
