// Pipes, handles and threads of the layer where calls meet each other.
#include "support/hostile_time.hpp"
#include "support/watchdog.hpp"
#include "win32/tools.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace windpipe_test;

TEST(win32_pipes, writes_of_any_size_from_four_processes_are_not_torn) {
    for (const DWORD size : {100U, 4096U, 5000U, 20000U}) {
        pipe_handles pipe(true);
        constexpr DWORD count = 100;
        {
            std::vector<std::unique_ptr<started>> writers;
            for (const char letter : {'a', 'b', 'c', 'd'}) {
                writers.push_back(
                    std::make_unique<started>(helper("records " + number(pipe.writer) + ' ' + std::to_string(size) +
                                                     ' ' + std::to_string(count) + ' ' + letter)));
            }
            pipe.close_writer();
            const std::string all = read_to_end(pipe.reader);
            ASSERT_EQ(all.size(), std::size_t{4} * size * count);
            for (std::size_t at = 0; at < all.size(); at += size) {
                ASSERT_EQ(all.compare(at, size, std::string(size, all[at])), 0) << "torn at " << at;
            }
            for (const auto& writer : writers) {
                EXPECT_EQ(writer->wait(), 0U);
            }
        }
    }
}

TEST(win32_pipes, a_writer_that_is_killed_leaves_the_pipe_to_the_next) {
    pipe_handles pipe(true);
    started child(helper("die_writing " + number(pipe.writer)));
    DWORD available = 0;
    while (available == 0) { // until it is in the middle of it
        ASSERT_TRUE(PeekNamedPipe(pipe.reader, nullptr, 0, nullptr, &available, nullptr));
        SwitchToThread();
    }
    EXPECT_TRUE(TerminateProcess(child.information.hProcess, 0xC0FFEE));
    EXPECT_EQ(child.wait(), 0xC0FFEEU);
    std::thread next([&] {
        DWORD written = 0;
        EXPECT_TRUE(WriteFile(pipe.writer, "yes", 3, &written, nullptr));
        pipe.close_writer();
    });
    const std::string all = read_to_end(pipe.reader);
    next.join();
    EXPECT_EQ(all.substr(all.find_last_of('x') + 1), "yes");
}

TEST(win32_pipes, the_size_is_exact) {
    for (const DWORD size : {0U, 1U, 100U, 4096U, 5000U, 65536U, 100000U}) {
        pipe_handles pipe(false, size);
        const DWORD quota = size != 0 ? size : 4096;
        DWORD mode = PIPE_NOWAIT;
        ASSERT_TRUE(SetNamedPipeHandleState(pipe.writer, &mode, nullptr, nullptr));
        const std::string data(quota + 1, 'x');
        DWORD written = 7;
        EXPECT_TRUE(WriteFile(pipe.writer, data.data(), quota + 1, &written, nullptr));
        EXPECT_EQ(written, 0U);
        EXPECT_TRUE(WriteFile(pipe.writer, data.data(), quota, &written, nullptr));
        EXPECT_EQ(written, quota);
        EXPECT_TRUE(WriteFile(pipe.writer, data.data(), 1, &written, nullptr));
        EXPECT_EQ(written, 0U);
        std::vector<char> into(quota);
        DWORD got = 0;
        EXPECT_TRUE(ReadFile(pipe.reader, into.data(), 1, &got, nullptr));
        EXPECT_TRUE(WriteFile(pipe.writer, data.data(), 1, &written, nullptr));
        EXPECT_EQ(written, 1U);
    }
}

TEST(win32_pipes, a_write_that_does_not_fit_waits_until_the_rest_does) {
    pipe_handles pipe;
    std::atomic<bool> done = false;
    std::thread writer([&] {
        const std::string data(10000, 'x');
        DWORD written = 0;
        EXPECT_TRUE(WriteFile(pipe.writer, data.data(), 10000, &written, nullptr));
        EXPECT_EQ(written, 10000U);
        done = true;
    });
    std::vector<char> into(10000);
    DWORD taken = 0;
    while (taken < 10000 - 4097) {
        DWORD got = 0;
        ASSERT_TRUE(ReadFile(pipe.reader, into.data(), 10000 - 4097 - taken, &got, nullptr));
        taken += got;
    }
    Sleep(30); // nothing is awaited: it shows that the write has not ended
    EXPECT_FALSE(done);
    DWORD got = 0;
    ASSERT_TRUE(ReadFile(pipe.reader, into.data(), 1, &got, nullptr));
    writer.join();
}

TEST(win32_hostile, closing_under_blocked_reads_meets_no_other_descriptor) {
    allow(std::chrono::duration_cast<std::chrono::seconds>(hostile_time()) + std::chrono::seconds(60));
    const std::size_t before = open_descriptors();
    for (const auto until = std::chrono::steady_clock::now() + hostile_time();
         std::chrono::steady_clock::now() < until;) {
        pipe_handles victim;
        std::vector<std::thread> readers;
        for (int i = 0; i < 8; ++i) {
            readers.emplace_back([reader = victim.reader] {
                char byte = 0;
                DWORD got = 7;
                EXPECT_FALSE(ReadFile(reader, &byte, 1, &got, nullptr)); // a byte would be somebody else's
                EXPECT_EQ(got, 0U);
                EXPECT_TRUE(GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == ERROR_INVALID_HANDLE);
            });
        }
        CloseHandle(victim.reader);
        std::array<int, 2> other{}; // takes the number as soon as it is free, and is no handle
        ASSERT_EQ(::pipe(other.data()), 0);
        EXPECT_EQ(::write(other[1], "mine", 4), 4);
        for (std::thread& reader : readers) {
            reader.join();
        }
        std::array<char, 8> into{};
        EXPECT_EQ(::read(other[0], into.data(), into.size()), 4);
        ::close(other[0]);
        ::close(other[1]);
        victim.reader = nullptr;
    }
    EXPECT_LE(open_descriptors(),
              before + 40); // what threads keep is not counted here: each round's pipe would be more
}

TEST(win32_pipes, CancelSynchronousIo_ends_a_read_and_a_write) {
    pipe_handles pipe;
    for (const bool reads : {true, false}) {
        struct job {
            pipe_handles* pipe;
            bool reads;
            DWORD code = 0;
        } work{&pipe, reads};
        HANDLE const thread = CreateThread(
            nullptr, 0,
            [](void* argument) -> DWORD {
                auto& own = *static_cast<job*>(argument);
                std::vector<char> much(1U << 20U);
                DWORD count = 7;
                const BOOL outcome = own.reads ? ReadFile(own.pipe->reader, much.data(), 1, &count, nullptr)
                                               : WriteFile(own.pipe->writer, much.data(), 1U << 20U, &count, nullptr);
                own.code = outcome != FALSE ? 0 : GetLastError();
                return count;
            },
            &work, 0, nullptr);
        while (CancelSynchronousIo(thread) == FALSE) {
            ASSERT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_FOUND));
            SwitchToThread();
        }
        EXPECT_EQ(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
        DWORD count = 7;
        EXPECT_TRUE(GetExitCodeThread(thread, &count));
        EXPECT_EQ(count, 0U);
        EXPECT_EQ(work.code, static_cast<DWORD>(ERROR_OPERATION_ABORTED));
        CloseHandle(thread);
    }
}

TEST(win32_threads, mutexes_semaphores_locks_and_queued_calls_do_their_work) {
    HANDLE const mutex = CreateMutex(nullptr, FALSE, nullptr);
    HANDLE const semaphore = CreateSemaphore(nullptr, 2, 3, nullptr);
    CRITICAL_SECTION section;
    InitializeCriticalSection(&section);
    SRWLOCK lock = SRWLOCK_INIT;
    int by_mutex = 0;
    int by_section = 0;
    int by_lock = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 500; ++round) {
                EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), WAIT_OBJECT_0);
                ++by_mutex;
                EXPECT_TRUE(ReleaseMutex(mutex));
                EnterCriticalSection(&section);
                EnterCriticalSection(&section);
                ++by_section;
                LeaveCriticalSection(&section);
                LeaveCriticalSection(&section);
                AcquireSRWLockExclusive(&lock);
                ++by_lock;
                ReleaseSRWLockExclusive(&lock);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(by_mutex, 2000);
    EXPECT_EQ(by_section, 2000);
    EXPECT_EQ(by_lock, 2000);
    LONG before = 0;
    EXPECT_FALSE(ReleaseSemaphore(semaphore, 2, &before));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_TOO_MANY_POSTS));
    EXPECT_TRUE(ReleaseSemaphore(semaphore, 1, &before));
    EXPECT_EQ(before, 2);
    std::thread([&] { (void)WaitForSingleObject(mutex, INFINITE); }).join(); // ends without giving it back
    EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), static_cast<DWORD>(WAIT_ABANDONED));
    EXPECT_TRUE(ReleaseMutex(mutex));
    EXPECT_FALSE(ReleaseMutex(mutex));
    static int called = 0;
    EXPECT_EQ(QueueUserAPC([](ULONG_PTR by) { called += static_cast<int>(by); }, GetCurrentThread(), 3), 1U);
    EXPECT_EQ(SleepEx(INFINITE, TRUE), static_cast<DWORD>(WAIT_IO_COMPLETION));
    EXPECT_EQ(called, 3);
    CloseHandle(mutex);
    CloseHandle(semaphore);
}

TEST(win32_pipes, a_named_pipe_joins_a_server_and_its_clients) {
    const std::string name = R"(\\.\pipe\windpipe-test-)" + std::to_string(GetCurrentProcessId());
    EXPECT_EQ(CreateFileA(name.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_FILE_NOT_FOUND));
    HANDLE const server = CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                           PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, nullptr);
    ASSERT_NE(server, INVALID_HANDLE_VALUE) << GetLastError();
    EXPECT_EQ(CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, nullptr),
              INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PIPE_BUSY));
    EXPECT_TRUE(WaitNamedPipeA(name.c_str(), 0));
    DWORD count = 0;
    std::array<char, 16> text{};
    EXPECT_FALSE(ReadFile(server, text.data(), 16, &count, nullptr));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PIPE_LISTENING));
    for (int round = 0; round < 3; ++round) {
        std::thread client([&] {
            HANDLE end = INVALID_HANDLE_VALUE;
            while ((end = CreateFileA(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0,
                                      nullptr)) == INVALID_HANDLE_VALUE) {
                ASSERT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PIPE_BUSY));
                ASSERT_TRUE(WaitNamedPipeA(name.c_str(), NMPWAIT_WAIT_FOREVER)) << GetLastError();
            }
            std::array<char, 16> answer{};
            DWORD got = 0;
            EXPECT_TRUE(WriteFile(end, "question", 8, &got, nullptr));
            EXPECT_TRUE(ReadFile(end, answer.data(), 16, &got, nullptr));
            EXPECT_EQ(std::string(answer.data(), got), "answer");
            EXPECT_FALSE(ReadFile(end, answer.data(), 16, &got, nullptr));
            EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PIPE_NOT_CONNECTED));
            CloseHandle(end);
        });
        OVERLAPPED told{};
        told.hEvent = CreateEvent(nullptr, TRUE, FALSE, nullptr);
        const BOOL has_waited = ConnectNamedPipe(server, &told);
        EXPECT_TRUE(has_waited || GetLastError() == ERROR_PIPE_CONNECTED);
        EXPECT_EQ(WaitForSingleObject(told.hEvent, 0) == WAIT_OBJECT_0, has_waited != FALSE);
        CloseHandle(told.hEvent);
        EXPECT_TRUE(ReadFile(server, text.data(), 16, &count, nullptr));
        EXPECT_EQ(std::string(text.data(), count), "question");
        EXPECT_TRUE(WriteFile(server, "answer", 6, &count, nullptr));
        EXPECT_TRUE(FlushFileBuffers(server));
        EXPECT_TRUE(DisconnectNamedPipe(server));
        client.join();
    }
    CloseHandle(server);
    EXPECT_FALSE(WaitNamedPipeA(name.c_str(), 0));
}
