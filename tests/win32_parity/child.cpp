#include "child.hpp"

#include <cstdlib>

namespace parity {

std::string child_program() { return std::string(std::getenv("WINDPIPE_TEST_CHILDREN")) + "/win32_parity_child"; }

started start_line(std::string line, const how_to_start& how) {
    STARTUPINFOEXA info{};
    info.StartupInfo.cb = how.list != nullptr ? sizeof info : sizeof info.StartupInfo;
    if (how.streams.size() == 3) {
        info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
        info.StartupInfo.hStdInput = how.streams[0];
        info.StartupInfo.hStdOutput = how.streams[1];
        info.StartupInfo.hStdError = how.streams[2];
    }
    info.lpAttributeList = how.list != nullptr ? how.list->get() : nullptr;
    started made;
    SetLastError(untouched);
    made.ok = CreateProcessA(how.application, line.empty() ? nullptr : line.data(), nullptr, nullptr, how.inherits,
                             how.flags | (how.list != nullptr ? EXTENDED_STARTUPINFO_PRESENT : 0U), how.environment,
                             how.directory, &info.StartupInfo, &made.raw);
    made.error = GetLastError();
    if (made.ok != FALSE) {
        made.process = owned(made.raw.hProcess);
        made.thread = owned(made.raw.hThread);
        made.id = made.raw.dwProcessId;
    }
    return made;
}

started start(const std::string& arguments, const how_to_start& how) {
    started made = start_line("\"" + child_program() + "\" " + arguments, how);
    EXPECT_NE(made.ok, FALSE) << "CreateProcess: error " << made.error;
    return made;
}

} // namespace parity
