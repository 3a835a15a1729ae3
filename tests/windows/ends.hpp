// ends.hpp - pipes whose ends are of the two kinds that the system has: synchronous and overlapped.
#pragma once

#include <windpipe/pipe.hpp>

#include <gtest/gtest.h>

#include <string>

namespace windpipe_test {

/// Which end of a pipe is overlapped, if any. It belongs to this process alone, as those of child::in and child::out
/// do.
enum class overlapped { none, reader, writer };

/// A pipe made by the system's own calls and taken over, so that tests need no child for it.
windpipe::pipe_ends make_ends(overlapped which, std::size_t capacity = 0);

class each_kind_of_end : public testing::TestWithParam<overlapped> {
protected:
    static windpipe::pipe_ends make(std::size_t capacity = 0) { return make_ends(GetParam(), capacity); }
};

std::string name_of(const testing::TestParamInfo<overlapped>& info);

} // namespace windpipe_test
