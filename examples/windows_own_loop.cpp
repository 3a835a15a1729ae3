// windows_own_loop.cpp - ends and children in an event loop of your own, here one of WaitForMultipleObjects.
//
//     windows_own_loop PROGRAM
//
// PROGRAM copies its input to its output, as cat does.
#include <windpipe/windpipe.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include <windows.h>

using windpipe::or_throw;

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
}

// [read]
/// A read under way, and the event that tells when it is done. What stays with us of a piped stream is overlapped.
class reading {
public:
    explicit reading(const windpipe::pipe_reader& from)
        : pipe_(from.native_handle()), done_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
        if (done_.get() == nullptr) {
            fail("CreateEvent");
        }
    }
    ~reading() {
        DWORD ignored = 0;
        if (CancelIoEx(pipe_, &operation_)) { // the memory must stay until the system has let go of it
            GetOverlappedResult(pipe_, &operation_, &ignored, TRUE);
        }
    }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;

    [[nodiscard]] HANDLE event() const { return done_.get(); }
    /// Whether there is more to come.
    bool start() {
        operation_ = {};
        operation_.hEvent = done_.get();
        return ReadFile(pipe_, piece_.data(), static_cast<DWORD>(piece_.size()), nullptr, &operation_) ||
               GetLastError() == ERROR_IO_PENDING || at_end();
    }
    bool finish() {
        DWORD size = 0;
        if (!GetOverlappedResult(pipe_, &operation_, &size, FALSE)) {
            return at_end();
        }
        std::cout.write(piece_.data(), size);
        return start();
    }

private:
    static bool at_end() {
        if (GetLastError() != ERROR_BROKEN_PIPE) {
            fail("ReadFile");
        }
        return false;
    }
    HANDLE pipe_;
    windpipe::unique_handle done_;
    OVERLAPPED operation_{};
    std::array<char, 4096> piece_{};
};
// [/read]

// [wait]
int talk(const std::string& program) {
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    or_throw(child.in.write("through the loop\n"));
    child.in.close();

    reading output(child.out);
    const auto ended = or_throw(windpipe::make_waitable(child)); // signalled when the process has ended
    bool reads = output.start();
    bool runs = true;
    while (reads || runs) {
        std::array<HANDLE, 2> watched{reads ? output.event() : ended.get(), ended.get()};
        const DWORD count = reads && runs ? 2 : 1;
        const DWORD ready = WaitForMultipleObjects(count, watched.data(), FALSE, INFINITE);
        if (ready == WAIT_FAILED) {
            fail("WaitForMultipleObjects");
        }
        if (reads && ready == WAIT_OBJECT_0) {
            reads = output.finish();
        } else {
            std::cout << "the program " << or_throw(child.try_wait())->text() << '\n';
            runs = false;
        }
    }
    return 0;
}
// [/wait]

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: windows_own_loop PROGRAM\n";
        return 2;
    }
    try {
        return talk(argv[1]);
    } catch (const std::exception& failed) {
        std::cerr << "windows_own_loop: " << failed.what() << '\n';
        return 1;
    }
}
