#include "harness/machine.hpp"

#include "harness/conditions.hpp"

#include <array>
#include <ctime>
#include <string>

#include <cpuid.h>
#include <windows.h>

#include "bench_commit.hpp" // made by every build

namespace bench {

namespace {

std::string name_of_processor() {
    std::array<char, 256> text{};
    auto size = static_cast<DWORD>(text.size());
    const LSTATUS outcome = RegGetValueA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                                         "ProcessorNameString", RRF_RT_REG_SZ, nullptr, text.data(), &size);
    return outcome == ERROR_SUCCESS ? text.data() : "unknown";
}

/// Set in every virtual machine, and on machines whose own Windows runs above Hyper-V.
bool above_hypervisor() {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx >> 31U) != 0;
}

template <class Function>
Function* from_ntdll(const char* name) {
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name)));
}

/// Wine's own version, empty on Windows.
std::string wine() {
    auto* const version = from_ntdll<const char*()>("wine_get_version");
    return version != nullptr ? std::string("Wine ") + version() : "";
}

std::string name_of_system() {
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    // GetVersionEx tells what the program's manifest asks for.
    if (auto* const ask = from_ntdll<LONG WINAPI(OSVERSIONINFOW*)>("RtlGetVersion")) {
        ask(&version);
    }
    const std::string windows = "Windows " + std::to_string(version.dwMajorVersion) + "." +
                                std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
    return wine().empty() ? windows : wine() + " as " + windows;
}

std::string memory() {
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    GlobalMemoryStatusEx(&status);
    return std::to_string(status.ullTotalPhys / 1024) + " kB";
}

} // namespace

nlohmann::json describe_machine() {
    nlohmann::json machine = {{"cpu", name_of_processor()},
                              {"cpus", usable_cpus().size()},
                              {"memory", memory()},
                              {"virtual_machine", above_hypervisor()},
                              {"kernel", name_of_system()},
                              {"governor", "not looked at on Windows"},
                              {"huge_pages", "not used on Windows"},
                              {"libc", "that of mingw-w64"}};
    if (!wine().empty()) {
        machine["doubt"] = "run under Wine: shows that the programs work, and nothing about Windows";
    }
    return machine;
}

nlohmann::json describe_build() {
    std::array<char, 32> date{};
    const std::time_t now = std::time(nullptr);
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    return {{"commit", BENCH_COMMIT}, {"changed_since_commit", BENCH_CHANGED}, {"compiler", BENCH_COMPILER},
            {"flags", BENCH_FLAGS},   {"build_type", BENCH_BUILD_TYPE},        {"date", date.data()}};
}

} // namespace bench
