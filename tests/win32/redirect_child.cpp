// Prints its arguments and then what it reads, by handles alone.
#include <windows.h>

#include <stdio.h>
#include <tchar.h>

#include <strsafe.h> // behind tchar.h, as Windows demands

#define PIECE 4096

int _tmain(int argc, TCHAR* argv[]) {
    const HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    if (output == INVALID_HANDLE_VALUE || input == INVALID_HANDLE_VALUE) {
        ExitProcess(1);
    }
    CHAR buffer[PIECE];
    DWORD done = 0;
    for (int i = 1; i < argc; ++i) {
        TCHAR wide[256];
        StringCchPrintf(wide, 256, TEXT("** argument %d is [%s], %I64u"), i, argv[i], (ULONGLONG)lstrlen(argv[i]));
        CHAR line[256];
        StringCchPrintfA(line, 256, sizeof(TCHAR) == 1 ? "%hs\n" : "%ls\n", wide);
        if (!WriteFile(output, line, (DWORD)strlen(line), &done, NULL)) {
            ExitProcess(2);
        }
    }
    for (;;) {
        DWORD read = 0;
        if (!ReadFile(input, buffer, PIECE, &read, NULL) || read == 0) {
            break;
        }
        if (!WriteFile(output, buffer, read, &done, NULL)) {
            break;
        }
    }
    return 0;
}
