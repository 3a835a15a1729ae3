#include "ends.hpp"

#include "support/result.hpp"

#include <windows.h>

#include <atomic>

namespace windpipe_test {

namespace {

using windpipe::or_throw;
using windpipe::pipe_ends;
using windpipe::pipe_reader;
using windpipe::pipe_writer;
using windpipe::unique_handle;

std::wstring unused_name() {
    static std::atomic<int> count = 0;
    return L"\\\\.\\pipe\\LOCAL\\windpipe-test-" + std::to_wstring(GetCurrentProcessId()) + L"-" +
           std::to_wstring(++count);
}

} // namespace

pipe_ends make_ends(overlapped which, std::size_t capacity) {
    if (which == overlapped::none) {
        return or_throw(windpipe::make_pipe({.capacity = capacity}));
    }
    const bool reads = which == overlapped::reader;
    const auto size = static_cast<DWORD>(capacity == 0 ? 65536 : capacity);
    const std::wstring name = unused_name();
    unique_handle server(CreateNamedPipeW(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                          PIPE_TYPE_BYTE | PIPE_WAIT, 1, size, size, 0, nullptr));
    unique_handle client(CreateFileW(name.c_str(), reads ? GENERIC_WRITE | FILE_READ_ATTRIBUTES : GENERIC_READ, 0,
                                     nullptr, OPEN_EXISTING, 0, nullptr));
    return reads ? pipe_ends{or_throw(pipe_reader::adopt(std::move(server))),
                             or_throw(pipe_writer::adopt(std::move(client)))}
                 : pipe_ends{or_throw(pipe_reader::adopt(std::move(client))),
                             or_throw(pipe_writer::adopt(std::move(server)))};
}

std::string name_of(const testing::TestParamInfo<overlapped>& info) {
    switch (info.param) {
    case overlapped::none:
        return "synchronous";
    case overlapped::reader:
        return "overlapped_reader";
    case overlapped::writer:
        break;
    }
    return "overlapped_writer";
}

} // namespace windpipe_test
