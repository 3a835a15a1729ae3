#include <windpipe/batch.hpp>

#include <atomic>
#include <exception>
#include <new>
#include <system_error>
#include <thread>

namespace windpipe {

namespace {

/// A second pair of hands, or none where the system has no more threads.
template <class Work>
std::jthread helper(const Work& work) {
    try {
        return std::jthread(work);
    } catch (const std::system_error&) {
        return {};
    }
}

} // namespace

result<std::vector<result<child>>> spawn_all(std::span<command> commands) try {
    std::vector<result<child>> started(commands.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < commands.size(); i = next++) {
            started[i] = commands[i].spawn();
        }
    };
    {
        const std::jthread second = commands.size() > 1 ? helper(work) : std::jthread();
        work();
    } // it has been joined
    return started;
} catch (const std::bad_alloc&) {
    return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "start processes"});
}

} // namespace windpipe
