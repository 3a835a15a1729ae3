/* The layer's headers in C. */
#include <stdio.h>

#include <windows.h>
#include <io.h>
#include <shellapi.h>
#include <strsafe.h>
#include <tchar.h>

#include <unistd.h>

HANDLE event_without_a_name(void);
HANDLE event_without_a_name(void) {
    SECURITY_ATTRIBUTES attributes = {sizeof(attributes), NULL, TRUE};
    return CreateEvent(&attributes, TRUE, FALSE, NULL);
}

LONG one_more(volatile LONG* count);
LONG one_more(volatile LONG* count) { return InterlockedIncrement(count); }
