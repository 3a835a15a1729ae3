// A program that is built as UNICODE begins in wmain(), which is called with wide arguments. Where the program has a
// main() of its own, the linker takes that instead of this one.
#include "text.hpp"

#include <cstdlib>
#include <string>
#include <vector>

// C++ spells the name by the parameters that the program has given it.
extern "C" {
[[gnu::weak]] int wmain(int count, WCHAR** arguments, WCHAR** variables);
[[gnu::weak]] int windpipe_wmain_with_arguments(int count, WCHAR** arguments) asm("_Z5wmainiPPw");
[[gnu::weak]] int windpipe_wmain_with_constants(int count, WCHAR** arguments) asm("_Z5wmainiPPKw");
[[gnu::weak]] int windpipe_wmain_with_variables(int count, WCHAR** arguments, WCHAR** variables) asm("_Z5wmainiPPwS0_");
[[gnu::weak]] int windpipe_wmain_alone() asm("_Z5wmainv");
}

namespace {

struct wide_list {
    explicit wide_list(char** narrow) {
        for (; *narrow != nullptr; ++narrow) {
            texts.push_back(windpipe::win32::widened(*narrow));
        }
        for (std::wstring& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
    }
    std::vector<std::wstring> texts;
    std::vector<WCHAR*> pointers;
};

} // namespace

extern "C" [[gnu::weak]] int main(int count, char** arguments, char** variables) {
    static wide_list list(arguments); // as long as the process, also after main() has returned
    if (windpipe_wmain_with_arguments != nullptr) {
        return windpipe_wmain_with_arguments(count, list.pointers.data());
    }
    if (windpipe_wmain_with_constants != nullptr) {
        return windpipe_wmain_with_constants(count, list.pointers.data());
    }
    if (windpipe_wmain_alone != nullptr) {
        return windpipe_wmain_alone();
    }
    static wide_list environment(variables);
    if (windpipe_wmain_with_variables != nullptr) {
        return windpipe_wmain_with_variables(count, list.pointers.data(), environment.pointers.data());
    }
    if (wmain != nullptr) {
        return wmain(count, list.pointers.data(), environment.pointers.data());
    }
    std::abort(); // a program without either does not link elsewhere
}
