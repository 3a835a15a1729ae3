#include "../close_streams.hpp"

#include <windows.h>

#include <array>

void windpipe_test::close_streams(std::string_view numbers) {
    constexpr std::array<DWORD, 3> which{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    for (const char number : numbers) {
        const DWORD stream = which.at(static_cast<std::size_t>(number - '0'));
        CloseHandle(GetStdHandle(stream));
        SetStdHandle(stream, nullptr);
    }
}
