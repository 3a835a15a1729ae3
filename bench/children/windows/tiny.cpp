// The smallest child: no C library, it only exits. What remains is the cost of the start itself.
#include <windows.h>

extern "C" [[noreturn]] void start_of_tiny_child() { ExitProcess(0); }
