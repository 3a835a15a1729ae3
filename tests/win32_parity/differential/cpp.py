"""Programs as C++, for whoever looks into a difference."""
import blocked
import completions
import handles
import named_pipes
import objects
import pipes
import sections
from making import SLOTS

CALLS = pipes.CPP | handles.CPP | completions.CPP | sections.CPP | named_pipes.CPP | blocked.CPP | objects.CPP

PROGRAM = """#include <windows.h>

#include <array>
#include <cstring>
#include <thread>

int main() {{
    static char buffer[1 << 20];
    const HANDLE self = GetCurrentProcess();
    DWORD count = 0, there = 0, left = 0, mode = 0, flags = 0, size = 0, most = 0, state = 0, instances = 0;
    static OVERLAPPED over;
    const auto complete = [](DWORD, DWORD, OVERLAPPED*) {{}};
    const auto be_called = [](ULONG_PTR) {{}};
    const char* const name[] = {{R"(\\.\pipe\parity-0)", R"(\\.\pipe\parity-1)", R"(\\.\pipe\parity-2)"}};
    std::thread begun;
    char* v[8] = {{}};
    LONG before = 0;
    BOOL is = FALSE;
    HANDLE second_process = nullptr;
    HANDLE h[{slots}];
    const auto pick = [&](auto... numbers) {{ return std::array<HANDLE, 4>{{h[numbers]...}}; }};
    for (HANDLE& each : h) {{
        each = reinterpret_cast<HANDLE>(0x7ffff000LL);
    }}
{calls}
}}
"""


def call_of(words):
    others = {
        "spawn": lambda: "// A second process is started, with all handles that can be inherited.",
        "child": lambda: f"/* by the second process: */ {call_of(words[1:])}",
        "end": lambda: "// The second process ends.",
        "thread": lambda: f"std::thread([&] {{ {call_of(words[1:])} }}).join();",
        "begin": lambda: f"begun = std::thread([&] {{ {call_of(words[1:])} }});",
        "join": lambda: "begun.join();",
    }
    return others[words[0]]() if words[0] in others else CALLS[words[0]].format(*words[1:])


def as_cpp(lines):
    return PROGRAM.format(slots=SLOTS, calls="\n".join("    " + call_of(line.split()) for line in lines))
