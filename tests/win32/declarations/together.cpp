// The layer's headers behind and in front of the standard ones, with the library's own, and with a program that uses
// names of Windows for things of its own.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <limits>
#include <string>

#include <Windows.h>
#include <io.h>
#include <shellapi.h>
#include <strsafe.h>
#include <tchar.h>

#include <windpipe/windpipe.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

struct store {
    bool DeleteFile(const std::string& name);
    int CreateProcess();
    static int min(int a, int b) { return std::min(a, b); }
    static int max(int a, int b) { return std::max(a, b); }
    int interface = 0;
    int IN = 1;
    int OUT = 2;
    int CONST = 3;
};

static_assert(std::numeric_limits<int>::max() > 0);

HANDLE event_without_a_name() { return CreateEvent(nullptr, TRUE, FALSE, nullptr); }
LPTSTR line() { return GetCommandLine(); }
