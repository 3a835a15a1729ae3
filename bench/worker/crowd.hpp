// crowd.hpp - many children at once, and many pipes of which one at a time has something to read.
#pragma once

#include "pipe_end.hpp" // the one of the system

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace bench {

/// Children that wait at a gate, their standard input, until all of them have been started. Then each writes.
class crowd {
public:
    /// The gate becomes the standard input of this process, which children inherit.
    crowd(const std::vector<std::string>& program, std::size_t count);
    ~crowd();
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    [[nodiscard]] const std::vector<std::string>& program() const { return program_; }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// The gate as an end that the library may keep, where it cannot pass on standard input.
    [[nodiscard]] pipe_end gate() const;
    /// Opens the gate. To be called once, when every child has been started and is listened to.
    void all_started();
    [[nodiscard]] std::int64_t started_ns() const { return started_ns_; }

private:
    const std::vector<std::string>& program_;
    std::size_t count_;
    pipe_end opens_;
    std::int64_t started_ns_ = 0;
};

/// Open pipes, of which one speaks when the last one has been heard.
class many_pipes {
public:
    many_pipes(std::size_t count, std::size_t turns);
    ~many_pipes();
    many_pipes(const many_pipes&) = delete;
    many_pipes& operator=(const many_pipes&) = delete;

    [[nodiscard]] std::size_t count() const { return readers_.size(); }
    /// The library's, to be closed by it.
    [[nodiscard]] pipe_end reader(std::size_t number) const { return readers_[number]; }
    /// Writes a byte to a pipe that nobody expects. False: there were enough, and all pipes are at their end.
    bool speak();
    /// The byte that was read, and from which pipe.
    void heard(std::size_t number, char byte);

    [[nodiscard]] bool right() const { return right_ && took_ns_.size() == turns_; }
    std::vector<std::int64_t>& took_ns() { return took_ns_; }

private:
    void close_writers();

    std::vector<pipe_end> readers_;
    std::vector<pipe_end> writers_;
    std::size_t turns_;
    std::mt19937 random_{4711}; // the same for every library
    std::size_t speaks_ = 0;
    std::int64_t spoke_ns_ = 0;
    std::vector<std::int64_t> took_ns_;
    bool right_ = true;
};

/// The most memory that this process has had resident.
std::uint64_t peak_memory();

} // namespace bench
