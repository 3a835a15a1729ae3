#include "printing.hpp"

#include "text.hpp"

#include <clocale>
#include <cstdio>
#include <cwchar>

namespace windpipe::win32 {

namespace {

bool is_one_of(wchar_t c, std::wstring_view set) { return set.find(c) != set.npos; }

/// The size word at the front, taken away: as the C library calls it.
std::wstring take_size(std::wstring_view& rest, bool& is_wide, bool& is_narrow) {
    const auto take = [&](std::wstring_view word) {
        const bool found = rest.starts_with(word);
        rest.remove_prefix(found ? word.size() : 0);
        return found;
    };
    if (take(L"I64")) {
        return L"ll";
    }
    if (take(L"I32")) {
        return L"";
    }
    if (take(L"I")) {
        return L"z";
    }
    if (take(L"hh")) {
        return L"hh";
    }
    if (take(L"ll")) {
        return L"ll";
    }
    if (take(L"h")) {
        is_narrow = true;
        return L"h";
    }
    if (take(L"l") || take(L"w")) { // a long has 32 bits there
        is_wide = true;
        return L"";
    }
    return take(L"z") ? L"z" : L"";
}

} // namespace

std::wstring translated_format(std::wstring_view format, bool narrow) {
    std::wstring done;
    while (!format.empty()) {
        const std::size_t percent = format.find(L'%');
        done += format.substr(0, percent);
        if (percent == format.npos) {
            break;
        }
        done += L'%';
        format.remove_prefix(percent + 1);
        while (!format.empty() && is_one_of(format.front(), L"-+ #0123456789.*")) {
            done += format.front();
            format.remove_prefix(1);
        }
        bool is_wide = false;
        bool is_narrow = false;
        const std::wstring size = take_size(format, is_wide, is_narrow);
        const wchar_t kind = format.empty() ? L'%' : format.front();
        format.remove_prefix(format.empty() ? 0 : 1);
        if (is_one_of(kind, L"sScC")) {
            const bool is_small = is_one_of(kind, L"sc");
            const bool wide = is_wide || (!is_narrow && (is_small != narrow));
            done += wide ? L"l" : L"";
            done += is_one_of(kind, L"sS") ? L's' : L'c';
        } else {
            done += (kind == L'n' || kind == L'%' ? std::wstring() : size) + (kind == L'n' ? L'%' : kind); // %n writes
        }
    }
    return done;
}

namespace {

/// While it lives, the C library of this thread takes narrow text for UTF-8, whatever the program's locale is.
class in_utf8 {
public:
    in_utf8() {
        static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        before_ = utf8 != nullptr ? ::uselocale(utf8) : nullptr;
    }
    ~in_utf8() {
        if (before_ != nullptr) {
            (void)::uselocale(before_);
        }
    }
    in_utf8(const in_utf8&) = delete;
    in_utf8& operator=(const in_utf8&) = delete;

private:
    locale_t before_;
};

int print_into(wchar_t* buffer, std::size_t size, const wchar_t* format, va_list arguments) {
    return std::vswprintf(buffer, size, format, arguments);
}
int print_into(char* buffer, std::size_t size, const char* format, va_list arguments) {
    const int length = std::vsnprintf(buffer, size, format, arguments);
    return length >= 0 && static_cast<std::size_t>(length) < size ? length : -1;
}

template <class Char>
std::basic_string<Char> print_whole(const Char* format, va_list arguments) {
    const in_utf8 scope;
    std::vector<Char> buffer(256);
    constexpr std::size_t most = 1UL << 24U; // what does not fit there holds something that cannot be printed
    while (buffer.size() <= most) {
        va_list again;
        va_copy(again, arguments);
        const int length = print_into(buffer.data(), buffer.size(), format, again);
        va_end(again);
        if (length >= 0) {
            return {buffer.data(), static_cast<std::size_t>(length)};
        }
        buffer.resize(buffer.size() * 4);
    }
    return {};
}

std::wstring printed_with(const std::wstring* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::wstring text = print_whole(format->c_str(), arguments);
    va_end(arguments);
    return text;
}

} // namespace

std::wstring printed(const WCHAR* format, va_list arguments) {
    return print_whole(translated_format(format, false).c_str(), arguments);
}

std::string printed(const char* format, va_list arguments) {
    return print_whole(narrowed(translated_format(widened(format), true)).c_str(), arguments);
}

std::wstring printed_value(const std::wstring& format, std::uintptr_t value, bool narrow) {
    const std::wstring translated = translated_format(format, narrow);
    return printed_with(&translated, value);
}

} // namespace windpipe::win32
