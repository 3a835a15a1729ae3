// actions.hpp - what the threads do, each time at random.
#pragma once

#include "dice.hpp"

#include "support/lost_process.hpp"

#include <windpipe/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <system_error>

namespace windpipe_test::soak {

struct action {
    const char* name;
    void (*run)(dice& random);
};

std::span<const action> pipe_actions();
std::span<const action> process_actions();

/// A success, or one of the failures that were asked for, or one of the system below.
template <class T>
testing::AssertionResult succeeds_or(const windpipe::result<T>& outcome, std::initializer_list<std::errc> failures) {
    if (outcome || is_lost_process(outcome.error()) ||
        std::ranges::any_of(failures, [&](std::errc each) { return outcome.error().code == each; })) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << outcome.error().message();
}

} // namespace windpipe_test::soak
