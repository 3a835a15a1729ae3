// call.hpp - the calls of a program: what each is given by its line, and what it tells.
#pragma once

#include <windows.h>

#include <array>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

namespace differential {

/// The handles of a program, by number. What was never opened is a value that no handle has.
class slots {
public:
    slots() { handles_.fill(none()); }
    HANDLE& at(std::size_t number) { return handles_.at(number); }
    void clear();
    /// Those that a child inherits, by value; the others as what they are not.
    [[nodiscard]] std::string inheritable() const;
    void inherit(char** values);
    static HANDLE none() { return reinterpret_cast<HANDLE>(std::uintptr_t{0x7ffff000}); }

private:
    std::array<HANDLE, 16> handles_;
};

/// The threads and processes that are not the caller.
struct others {
    HANDLE thread = nullptr;  ///< the one that was begun
    HANDLE process = nullptr; ///< the one that was spawned
};

/// What the last error is before each call.
constexpr DWORD untouched = 1234;

/// One call.
struct call {
    slots& handles;
    others other;
    std::array<std::uint32_t, 6> given{}; ///< what its line does not say is 0
    std::ostringstream out;

    HANDLE& handle() { return handles.at(given[0]); }
    template <class... Each>
    void tell(const Each&... each) {
        ((out << ' ' << each), ...);
    }
};

/// By the names that the makers of programs give them.
using call_table = std::map<std::string_view, BOOL (*)(call&)>;
call_table pipe_calls();
call_table handle_calls();
call_table completion_calls();
call_table section_calls();
call_table named_pipe_calls();
call_table blocked_calls();
call_table object_calls();

/// Between programs: what the calls have left behind.
void forget_completions();
void forget_sections();

/// FNV-1a: short in the output, and any byte matters.
std::uint32_t hash(std::string_view bytes);
/// The bytes that are written.
std::string content(std::size_t size, unsigned seed);

} // namespace differential
