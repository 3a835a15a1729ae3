// Every function that the headers of the layer declare is in a table of garbage.hpp, or here with the reason why not.
#include "garbage.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace {

using namespace parity;

struct declared {
    std::string name;
    std::string parameters;
};

/// What stands between WINDPIPE_WIN32_BEGIN and its end, but for the names without A or W, which are second ones.
std::vector<declared> all_declared() {
    std::vector<declared> all;
    for (const auto& header : std::filesystem::directory_iterator(WINDPIPE_WIN32_HEADERS)) {
        std::ifstream file(header.path());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const auto begin = text.find("\nWINDPIPE_WIN32_BEGIN\n");
        const std::string part =
            begin != text.npos ? text.substr(begin, text.find("\nWINDPIPE_WIN32_END\n") - begin) : "";
        static const std::regex function(R"((\w+)\(([^()]*)\)(\s*WINDPIPE_WIN32_TEXT_CALL)?[;(])");
        for (auto found = std::sregex_iterator(part.begin(), part.end(), function); found != std::sregex_iterator();
             ++found) {
            if (!(*found)[3].matched) {
                all.push_back({(*found)[1], (*found)[2]});
            }
        }
    }
    return all;
}

struct exception {
    const char* functions;
    const char* reason;
};
constexpr std::array without_handles{
    exception{"CreateFile[AW]", "the template is not looked at: absent_test.cpp"},
    exception{"SetStdHandle", "stores any value: row 6.14h"},
};
constexpr std::array without_nulls{
    exception{"Create(Event|Mutex|Semaphore|JobObject|FileMapping)[AW]", "NULL for all that may be NULL is usual"},
    exception{"(Peek|Connect|Transact)NamedPipe|(Get|Set)NamedPipe(Info|HandleState[AW]?)|DuplicateHandle|CancelIoEx|"
              "ReleaseSemaphore|GetFileSize|SetFilePointer(Ex)?|GetTempPath[AW]|GetCurrentDirectory[AW]",
              "NULL leaves that output or input out"},
    exception{"GetFileSizeEx|GetConsoleMode|WriteConsole[AW]", "NULL is looked at only with a file or a console"},
    exception{"ReadFile|WriteFile|_read|_write", "rows 2.9, 2.12 and 3.9"},
    exception{".*CriticalSection.*|.*SRWLock.*|.*ConditionVariable.*",
              "the memory of a lock is the program's own; without it there is no lock, and it faults as on Windows"},
    exception{"StringCchVPrintf[AW]", "StringCchPrintf is that"},
};

bool is_among(const auto& exceptions, const std::string& name) {
    return std::ranges::any_of(exceptions,
                               [&](const exception& one) { return std::regex_match(name, std::regex(one.functions)); });
}

TEST(win32_garbage, every_function_is_in_the_tables_or_has_a_reason) {
    std::set<std::string> with_handles;
    std::set<std::string> with_nulls;
    std::ranges::transform(all_handle_calls(), std::inserter(with_handles, with_handles.end()), &handle_call::function);
    std::ranges::transform(all_null_calls(), std::inserter(with_nulls, with_nulls.end()), &null_call::function);
    const std::regex handle(R"(\bHANDLE\b)");
    const std::regex pointer(R"(\*|\b(STRSAFE_)?L?PC?[A-Z_]{2,}\b|\bH(LOCAL|GLOBAL|MODULE)\b)");
    const auto all = all_declared();
    EXPECT_GT(all.size(), 180U);
    for (const auto& [name, parameters] : all) {
        if (std::regex_search(parameters, handle)) {
            EXPECT_NE(with_handles.contains(name), is_among(without_handles, name)) << name << " with a handle";
        }
        if (std::regex_search(parameters, pointer)) {
            EXPECT_NE(with_nulls.contains(name), is_among(without_nulls, name)) << name << " with NULL";
        }
    }
}

} // namespace
