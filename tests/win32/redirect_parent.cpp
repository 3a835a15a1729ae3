// Starts a child, gives it a file as its input through one pipe and prints what it prints into another one. A thread
// feeds the child, so that neither side waits for the other however large the file is. It uses the calls that
// Microsoft's page "Creating a Child Process with Redirected Input and Output" uses.
#include <windows.h>

#include <stdio.h>
#include <tchar.h>

#include <strsafe.h> // behind tchar.h, as Windows demands

#define PIECE 4096

static HANDLE child_in_read = NULL;
static HANDLE child_in_write = NULL;
static HANDLE child_out_read = NULL;
static HANDLE child_out_write = NULL;
static HANDLE input = NULL;

static void ErrorExit(PCTSTR call) {
    LPVOID reason = NULL;
    const DWORD code = GetLastError();
    FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                  code, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPTSTR)&reason, 0, NULL);
    LPVOID text =
        (LPVOID)LocalAlloc(LMEM_ZEROINIT, (lstrlen((LPCTSTR)reason) + lstrlen((LPCTSTR)call) + 40) * sizeof(TCHAR));
    StringCchPrintf((LPTSTR)text, LocalSize(text) / sizeof(TCHAR), TEXT("%s failed with error %d: %s"), call, (int)code,
                    (LPCTSTR)reason);
    MessageBox(NULL, (LPCTSTR)text, TEXT("Error"), MB_OK);
    LocalFree(reason);
    LocalFree(text);
    ExitProcess(code);
}

static void CreateChildProcess(const TCHAR* program) {
    TCHAR line[1024];
    StringCchPrintf(line, sizeof(line) / sizeof(TCHAR), TEXT("\"%s\" \"one two\" three"), program);
    PROCESS_INFORMATION process;
    STARTUPINFO start;
    ZeroMemory(&process, sizeof(process));
    ZeroMemory(&start, sizeof(start));
    start.cb = sizeof(start);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    start.hStdOutput = child_out_write;
    start.hStdInput = child_in_read;
    start.dwFlags |= STARTF_USESTDHANDLES;
    if (!CreateProcess(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) {
        ErrorExit(TEXT("CreateProcess"));
    }
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    CloseHandle(child_out_write);
    CloseHandle(child_in_read);
}

static DWORD WINAPI WriteToPipe(LPVOID) {
    static CHAR buffer[PIECE];
    DWORD read = 0;
    DWORD written = 0;
    for (;;) {
        if (!ReadFile(input, buffer, PIECE, &read, NULL) || read == 0) {
            break;
        }
        if (!WriteFile(child_in_write, buffer, read, &written, NULL)) {
            break;
        }
    }
    if (!CloseHandle(child_in_write)) {
        ErrorExit(TEXT("CloseHandle of the child's input"));
    }
    return 0;
}

static void ReadFromPipe(void) {
    static CHAR buffer[PIECE];
    DWORD read = 0;
    DWORD written = 0;
    const HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    for (;;) {
        if (!ReadFile(child_out_read, buffer, PIECE, &read, NULL) || read == 0) {
            break;
        }
        if (!WriteFile(output, buffer, read, &written, NULL)) {
            break;
        }
    }
    if (GetLastError() != ERROR_BROKEN_PIPE) {
        ErrorExit(TEXT("ReadFile from the child"));
    }
}

int _tmain(int argc, TCHAR* argv[]) {
    if (argc != 3) {
        SetLastError(ERROR_INVALID_PARAMETER);
        ErrorExit(TEXT("redirect_parent CHILD FILE"));
    }
    SECURITY_ATTRIBUTES attributes;
    attributes.nLength = sizeof(SECURITY_ATTRIBUTES);
    attributes.bInheritHandle = TRUE;
    attributes.lpSecurityDescriptor = NULL;
    if (!CreatePipe(&child_out_read, &child_out_write, &attributes, 0)) {
        ErrorExit(TEXT("CreatePipe"));
    }
    if (!SetHandleInformation(child_out_read, HANDLE_FLAG_INHERIT, 0)) {
        ErrorExit(TEXT("SetHandleInformation"));
    }
    if (!CreatePipe(&child_in_read, &child_in_write, &attributes, 0)) {
        ErrorExit(TEXT("CreatePipe"));
    }
    if (!SetHandleInformation(child_in_write, HANDLE_FLAG_INHERIT, 0)) {
        ErrorExit(TEXT("SetHandleInformation"));
    }
    CreateChildProcess(argv[1]);
    input = CreateFile(argv[2], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_READONLY, NULL);
    if (input == INVALID_HANDLE_VALUE) {
        ErrorExit(TEXT("CreateFile"));
    }
    const HANDLE feeder = CreateThread(NULL, 0, WriteToPipe, NULL, 0, NULL);
    if (feeder == NULL) {
        ErrorExit(TEXT("CreateThread"));
    }
    ReadFromPipe();
    WaitForSingleObject(feeder, INFINITE);
    CloseHandle(feeder);
    CloseHandle(input);
    CloseHandle(child_out_read);
    return 0;
}
