#include <iostream>

#include <Windows.h>

int main() {
    SECURITY_ATTRIBUTES attributes;
    attributes.nLength = sizeof(attributes);
    attributes.lpSecurityDescriptor = NULL;
    attributes.bInheritHandle = TRUE;
    HANDLE reader = NULL;
    HANDLE writer = NULL;
    if (!CreatePipe(&reader, &writer, &attributes, 0)) {
        std::cout << "CreatePipe failed: " << GetLastError() << std::endl;
        return 1;
    }
    if (!WriteFile(writer, "Hello World", 12, NULL, NULL)) {
        std::cout << "WriteFile failed: " << GetLastError() << std::endl;
        return 1;
    }
    char* buffer = (char*)malloc(12);
    if (!ReadFile(reader, buffer, 12, NULL, NULL)) {
        std::cout << "ReadFile failed: " << GetLastError() << std::endl;
        return 1;
    }
    std::cout << buffer << std::endl;
    free(buffer);
    CloseHandle(reader);
    CloseHandle(writer);
    return 0;
}
