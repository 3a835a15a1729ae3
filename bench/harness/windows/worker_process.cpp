#include "harness/worker_process.hpp"

#include "worker/traffic.hpp"
#include "worker/windows/start.hpp"

#include <array>

namespace bench {

namespace {

using namespace win32;

/// A pipe whose reader can wait for a limited time, which those of CreatePipe cannot.
pipe_pair make_answer_pipe() {
    static unsigned count = 0;
    const std::wstring name =
        L"\\\\.\\pipe\\windpipe-bench-" + std::to_wstring(GetCurrentProcessId()) + L"-" + std::to_wstring(++count);
    constexpr DWORD size = 4096;
    pipe_pair made;
    made.reader = handle(CreateNamedPipeW(
        name.c_str(), PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, size, size, 0, nullptr));
    if (made.reader.get() == nullptr) {
        fail("CreateNamedPipe");
    }
    made.writer = handle(CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    if (made.writer.get() == nullptr) {
        fail("the other end of a named pipe");
    }
    return made;
}

/// A job that keeps the accounts of a worker and of its children, and ends them when it is closed.
handle make_job() {
    handle job(CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job.get() == nullptr ||
        !SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits)) {
        fail("a job for a worker");
    }
    return job;
}

class windows_worker : public worker_process {
public:
    windows_worker(const worker_words& parts, std::optional<pipe_end> in, std::optional<pipe_end> out) {
        pipe_pair order = make_pipe();
        pipe_pair answer = make_answer_pipe();
        std::vector<std::string> words = parts.start;
        words.insert(words.end(), parts.settings.begin(), parts.settings.end());
        std::vector<handle> copies;
        std::vector<HANDLE> list;
        const auto hand_over = [&](const char* name, HANDLE end) {
            copies.push_back(inheritable(end));
            list.push_back(copies.back().get());
            words.push_back(std::string(name) + "=" + std::to_string(reinterpret_cast<std::uintptr_t>(list.back())));
        };
        hand_over("start", order.reader.get());
        hand_over("report", answer.writer.get());
        if (in) {
            hand_over("in", *in);
        }
        if (out) {
            hand_over("out", *out);
        }
        if (!parts.program.empty()) {
            words.emplace_back("--");
            words.insert(words.end(), parts.program.begin(), parts.program.end());
        }
        process_ = win32::start(words, {}, inheritance::a_list, list, CREATE_SUSPENDED);
        if (!AssignProcessToJobObject(job_.get(), process_.process.get())) {
            TerminateProcess(process_.process.get(), 1);
            fail("AssignProcessToJobObject");
        }
        ResumeThread(process_.thread.get());
        order_ = std::move(order.writer);
        answer_ = std::move(answer.reader);
    }
    ~windows_worker() override {
        TerminateJobObject(job_.get(), 1);
        WaitForSingleObject(process_.process.get(), INFINITE);
    }
    windows_worker(const windows_worker&) = delete;
    windows_worker& operator=(const windows_worker&) = delete;

    void order_start() override { write_all(order_.get(), "g", 1); }
    std::optional<std::size_t> read_some(std::span<char> into, std::int64_t until_ns) override {
        const std::int64_t left_ms = (until_ns - now_ns()) / 1'000'000;
        OVERLAPPED request{};
        request.hEvent = ready_.get();
        DWORD count = 0;
        if (!ReadFile(answer_.get(), into.data(), static_cast<DWORD>(into.size()), nullptr, &request) &&
            GetLastError() != ERROR_IO_PENDING) {
            return 0;
        }
        const DWORD outcome = WaitForSingleObject(ready_.get(), left_ms > 0 ? static_cast<DWORD>(left_ms) : 0);
        if (outcome != WAIT_OBJECT_0) {
            CancelIoEx(answer_.get(), &request);
        }
        // The request is over when this returns: its memory may go.
        const bool read = GetOverlappedResult(answer_.get(), &request, &count, TRUE) != 0;
        if (outcome != WAIT_OBJECT_0 && !read) {
            return std::nullopt;
        }
        return read ? count : 0;
    }
    void reap() override { WaitForSingleObject(process_.process.get(), INFINITE); }

private:
    handle job_ = make_job();
    handle ready_{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    started process_;
    handle order_;
    handle answer_;
};

} // namespace

std::unique_ptr<worker_process> worker_process::start(const worker_words& words, std::optional<pipe_end> in,
                                                      std::optional<pipe_end> out) {
    return std::make_unique<windows_worker>(words, in, out);
}

std::string output_of(const std::vector<std::string>& words) {
    std::string text;
    try {
        pipe_pair pipe = make_pipe();
        standard_streams streams;
        streams.out = inheritable(pipe.writer.get());
        pipe.writer.close();
        const started program = win32::start(words, streams, inheritance::a_list);
        streams.out.close();
        std::array<char, 4096> buffer{};
        while (const std::size_t count = win32::read_some(pipe.reader.get(), buffer)) {
            text.append(buffer.data(), count);
        }
        win32::reap(program);
    } catch (const std::exception&) {
        return "";
    }
    return text;
}

} // namespace bench
