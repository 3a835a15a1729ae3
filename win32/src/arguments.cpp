#include "last_error.hpp"
#include "text.hpp"

#include "shellapi.h"

#include <cstring>
#include <new>
#include <vector>

namespace windpipe::win32 {

namespace {

bool is_blank(wchar_t c) { return c == L' ' || c == L'\t'; }

std::wstring take_program(std::wstring_view& line) {
    const bool quoted = !line.empty() && line.front() == L'"';
    std::size_t end = quoted ? line.find(L'"', 1) : line.find_first_of(L" \t");
    end = end == line.npos ? line.size() : end;
    std::wstring name(line.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
    line.remove_prefix(quoted && end < line.size() ? end + 1 : end);
    return name;
}

/// The rules differ from those of the C run-time in one thing: a quotation mark that is meant by two within quotes ends
/// the quotes, too.
std::wstring take_argument(std::wstring_view& line) {
    std::wstring text;
    std::size_t quotes = 0; // of a run: the first one opens, the second closes, each third one is meant
    std::size_t at = 0;
    while (at < line.size() && (!is_blank(line[at]) || quotes % 2 != 0)) {
        std::size_t backslashes = 0;
        for (; at < line.size() && line[at] == L'\\'; ++at) {
            ++backslashes;
        }
        if (at == line.size() || line[at] != L'"') {
            text.append(backslashes, L'\\');
            if (backslashes == 0) {
                text += line[at++];
            }
            continue;
        }
        text.append(backslashes / 2, L'\\');
        if (backslashes % 2 != 0) {
            text += L'"';
            ++at;
            continue;
        }
        ++quotes;
        for (++at; at < line.size() && line[at] == L'"'; ++at) {
            if (++quotes == 3) {
                text += L'"';
                quotes = 0;
            }
        }
        quotes = quotes == 2 ? 0 : quotes;
    }
    line.remove_prefix(at);
    return text;
}

std::vector<std::wstring> split(std::wstring_view line) {
    std::vector<std::wstring> list{take_program(line)};
    while (true) {
        while (!line.empty() && is_blank(line.front())) {
            line.remove_prefix(1);
        }
        if (line.empty()) {
            return list;
        }
        list.push_back(take_argument(line));
    }
}

/// Pointers and texts in one piece, which LocalFree frees.
LPWSTR* in_one_piece(const std::vector<std::wstring>& list) {
    std::size_t size = (list.size() + 1) * sizeof(LPWSTR);
    for (const std::wstring& one : list) {
        size += (one.size() + 1) * sizeof(WCHAR);
    }
    auto* const pointers = static_cast<LPWSTR*>(LocalAlloc(LMEM_ZEROINIT, size));
    if (pointers == nullptr) {
        return nullptr;
    }
    auto* next = reinterpret_cast<WCHAR*>(pointers + list.size() + 1);
    for (std::size_t i = 0; i < list.size(); ++i) {
        pointers[i] = next;
        next += list[i].copy(next, list[i].size()) + 1;
    }
    return pointers;
}

std::wstring own_path() {
    WCHAR path[4096] = {};
    (void)GetModuleFileNameW(nullptr, path, static_cast<DWORD>(std::size(path)));
    return path;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" LPWSTR* WINAPI CommandLineToArgvW(LPCWSTR lpCmdLine, int* pNumArgs) {
    if (lpCmdLine == nullptr || pNumArgs == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return nullptr;
    }
    try {
        const auto list = *lpCmdLine == 0 ? std::vector{own_path()} : split(lpCmdLine);
        *pNumArgs = static_cast<int>(list.size());
        return in_one_piece(list);
    } catch (const std::bad_alloc&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
}
