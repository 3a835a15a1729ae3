#include "rows.hpp"

// Wine tells of itself by this function. Source: the Wine developer's guide.
parity::under parity::system() {
    static const bool wine = GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != nullptr;
    return wine ? under::wine : under::windows;
}
