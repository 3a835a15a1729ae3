// Whatever a process of the same user says to the agent, which takes and gives handles, does no harm.
#include "support/accounts.hpp"
#include "support/hostile_time.hpp"
#include "support/watchdog.hpp"
#include "win32/tools.hpp"

#include "agent_messages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <span>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace windpipe_test;
using namespace windpipe::win32;

namespace {

using windpipe::unique_handle;

/// One of each kind of descriptor that an attacker may send.
class descriptors {
public:
    descriptors() {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe(ends), 0);
        for (const int one :
             {ends[0], ends[1], ::eventfd(1, EFD_NONBLOCK), ::eventfd(0, 0), ::open("/dev/null", O_RDWR),
              ::open("/tmp", O_RDONLY), ::memfd_create("hostile", 0), ::socket(AF_UNIX, SOCK_STREAM, 0)}) {
            EXPECT_NE(one, -1);
            all_.emplace_back(one);
        }
        EXPECT_EQ(::ftruncate(all_[6].get(), 4096), 0);
    }
    [[nodiscard]] int any(std::mt19937_64& random) const { return all_[random() % all_.size()].get(); }

private:
    std::vector<unique_handle> all_;
};

unique_handle connection() {
    unique_handle made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    const socklen_t size = agent_address(::getpid(), address);
    EXPECT_EQ(::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    return made;
}

/// Sends it with so many descriptors, of which the agent expects at most two.
void send_with(int to, std::span<const char> message, const std::vector<int>& list) {
    iovec part{const_cast<char*>(message.data()), message.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(8 * sizeof(int))> control{};
    msghdr head{};
    head.msg_iov = &part;
    head.msg_iovlen = 1;
    if (!list.empty()) {
        head.msg_control = control.data();
        head.msg_controllen = CMSG_SPACE(list.size() * sizeof(int));
        cmsghdr* const rights = CMSG_FIRSTHDR(&head);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(list.size() * sizeof(int));
        std::memcpy(CMSG_DATA(rights), list.data(), list.size() * sizeof(int));
    }
    EXPECT_EQ(::sendmsg(to, &head, MSG_NOSIGNAL), static_cast<ssize_t>(message.size()));
}

std::optional<agent_reply> reply_from(int connection, carried& with) {
    agent_reply reply;
    return receive_message(connection, &reply, sizeof(reply), with) ? std::optional(reply) : std::nullopt;
}

agent_request any_request(std::mt19937_64& random, HANDLE ours) {
    agent_request request;
    request.magic = random() % 16 == 0 ? random() : agent_magic;
    request.what = random() % 8 == 0 ? static_cast<wish>(random()) : random() % 2 == 0 ? wish::take : wish::give;
    request.access = static_cast<DWORD>(random());
    const bool garbage = random() % 2 == 0;
    request.handle = garbage ? reinterpret_cast<HANDLE>(random() | 1U << 20U) : ours;
    request.options = static_cast<DWORD>(random()) & ~(garbage ? 0U : DWORD{DUPLICATE_CLOSE_SOURCE});
    request.record.what = static_cast<kind>(random() % 14);
    request.record.manual = random() % 2 == 0;
    request.record.access = static_cast<DWORD>(random());
    request.record.flags = static_cast<DWORD>(random());
    request.record.size = random() >> random() % 64;
    request.record.page = static_cast<int>(random());
    request.record.descriptor = static_cast<int>(random());
    return request;
}

/// Calls that do not wait, on whatever the agent has made a handle of.
void use_and_close(HANDLE taken) {
    DWORD value = 0;
    std::array<char, 16> bytes{};
    (void)GetFileType(taken);
    (void)GetHandleInformation(taken, &value);
    (void)WaitForSingleObject(taken, 0);
    (void)PeekNamedPipe(taken, bytes.data(), bytes.size(), &value, &value, &value);
    (void)GetNamedPipeInfo(taken, &value, &value, &value, &value);
    (void)ReleaseSemaphore(taken, 1, nullptr);
    (void)ReleaseMutex(taken);
    (void)SetEvent(taken);
    if (void* const view = MapViewOfFile(taken, FILE_MAP_READ, 0, 0, 16); view != nullptr) {
        UnmapViewOfFile(view);
    }
    SetHandleInformation(taken, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
    EXPECT_TRUE(CloseHandle(taken));
}

TEST(win32_hostile, what_is_said_to_the_agent_does_no_harm) {
    allow(std::chrono::duration_cast<std::chrono::seconds>(hostile_time()) + std::chrono::seconds(60));
    EXPECT_NE(GetCurrentProcessId(), 0U);                 // from now on others can reach us
    use_and_close(CreateMutexA(nullptr, FALSE, nullptr)); // what a thread of the layer keeps is made by that
    const expect_nothing_leaked watch;
    const pipe_handles own;
    const descriptors some;
    std::mt19937_64 random(1);
    (void)connection(); // and says nothing
    std::size_t taken = 0;
    std::size_t refused = 0;
    for (const auto until = std::chrono::steady_clock::now() + hostile_time();
         std::chrono::steady_clock::now() < until;) {
        const agent_request request = any_request(random, own.reader);
        std::vector<char> message(random() % 8 == 0 ? 1 + random() % (2 * sizeof(request)) : sizeof(request), 'x');
        std::memcpy(message.data(), &request, std::min(message.size(), sizeof(request)));
        std::vector<int> list(random() % 4 == 0 ? random() % 6 : 1);
        std::ranges::generate(list, [&] { return some.any(random); });
        const unique_handle to = connection();
        send_with(to.get(), message, list);
        carried with;
        // Or it leaves before it is told; but a handle that has been made for it stays, as one of DuplicateHandle does.
        const bool leaves = request.what != wish::take && random() % 16 == 0;
        const auto reply = leaves ? std::nullopt : reply_from(to.get(), with);
        if (reply && reply->handle != nullptr && reply->code == 0) {
            ++taken;
            use_and_close(reply->handle);
        } else {
            ++refused;
        }
    }
    EXPECT_GT(taken, 0U);
    EXPECT_GT(refused, 0U);
    const unique_handle to = connection();
    agent_request last;
    last.magic = agent_magic;
    last.what = wish::give;
    last.options = DUPLICATE_SAME_ACCESS;
    last.handle = own.reader;
    send_with(to.get(), {reinterpret_cast<const char*>(&last), sizeof(last)}, {});
    carried with;
    const auto reply = reply_from(to.get(), with);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->code, 0U);
    EXPECT_TRUE(with.descriptor) << "it no longer serves those who mean well";
}

} // namespace
