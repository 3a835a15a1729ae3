// The question `many` is asked on Linux only.
#include "worker/crowd.hpp"

#include <stdexcept>

namespace bench {

crowd::crowd(const std::vector<std::string>& program, std::size_t count) : program_(program), count_(count), opens_() {
    throw std::runtime_error("not measured on Windows");
}

crowd::~crowd() = default;

pipe_end crowd::gate() const { return opens_; }

void crowd::all_started() {}

many_pipes::many_pipes(std::size_t /*count*/, std::size_t turns) : turns_(turns) {
    throw std::runtime_error("not measured on Windows");
}

many_pipes::~many_pipes() = default;

bool many_pipes::speak() { return false; }

void many_pipes::heard(std::size_t /*number*/, char /*byte*/) {}

std::uint64_t peak_memory() { return 0; }

} // namespace bench
