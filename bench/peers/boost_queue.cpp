// boost::interprocess::message_queue: messages in shared memory, a mutex and a condition variable there.
#include "peers/shared_names.hpp"
#include "worker/peer.hpp"

#include <boost/interprocess/ipc/message_queue.hpp>
#include <boost/version.hpp>

#include <algorithm>

namespace bench {

namespace {

using queue = boost::interprocess::message_queue;

struct writing_side {
    std::unique_ptr<queue> on;
    explicit writing_side(std::unique_ptr<queue> to) : on(std::move(to)) {}
    void write(std::string_view bytes) const { on->send(bytes.data(), bytes.size(), 0); }
};

struct reading_side {
    std::unique_ptr<queue> on;
    explicit reading_side(std::unique_ptr<queue> from) : on(std::move(from)) {}
    std::size_t read_some(std::span<char> into) const {
        queue::size_type count = 0;
        unsigned int priority = 0;
        on->receive(into.data(), into.size(), count, priority);
        return count;
    }
};

} // namespace

std::span<const peer> peers() {
    static const peer all[] = {
        {.name = "boost::interprocess::message_queue",
         .version = std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000),
         .kind = "peer",
         .open =
             [](const meeting& at) {
                 const auto make = [&](const std::string& name) {
                     return std::make_unique<queue>(boost::interprocess::create_only, name.c_str(),
                                                    std::max<std::size_t>(at.capacity / at.piece, 1), at.piece);
                 };
                 const auto open = [](const std::string& name) {
                     auto opened = std::make_unique<queue>(boost::interprocess::open_only, name.c_str());
                     queue::remove(name.c_str());
                     return opened;
                 };
                 return agree<queue, writing_side, reading_side>(at, make, open);
             },
         .notices = false}};
    return all;
}

} // namespace bench
