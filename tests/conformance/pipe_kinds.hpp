// pipe_kinds.hpp - PIPE_TEST: one test for every kind of pipe there is.
//
// A family is a pair of types with the verbs of a pipe; its kinds are the ways in which such a pair comes about. A test
// is compiled once for each family and run once for each kind. A new kind is one more line in kinds(), a new family one
// more type in families; neither needs a new test.
#pragma once

#include "support/accounts.hpp"
#include "support/result.hpp"

#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>
#include <tuple>

namespace windpipe_test {

/// One way to a pipe.
template <class Family>
struct pipe_kind {
    const char* name;
    bool sized; ///< whether make() heeds the capacity
    typename Family::ends (*make)(const windpipe::pipe_options& options);
};

/// The pipes of the system.
struct system_pipe {
    using reader = windpipe::pipe_reader;
    using writer = windpipe::pipe_writer;
    using ends = windpipe::pipe_ends;
    static std::span<const pipe_kind<system_pipe>> kinds();
};

/// Rings: pipes in shared memory.
struct ring {
    using reader = windpipe::ring_reader;
    using writer = windpipe::ring_writer;
    using ends = windpipe::ring_ends;
    static std::span<const pipe_kind<ring>> kinds();
};

using families = std::tuple<system_pipe, ring>;
using system_alone = std::tuple<system_pipe>;

/// Nothing may be left behind by any test.
class leak_checked : public testing::Test {
protected:
    void SetUp() override { guard_.emplace(); }
    void TearDown() override { guard_.reset(); }

private:
    std::optional<expect_nothing_leaked> guard_;
};

template <class Family>
class pipe_test : public leak_checked {
public:
    void use(const pipe_kind<Family>& kind) { kind_ = &kind; }

protected:
    typename Family::ends make(const windpipe::pipe_options& options = {}) { return kind_->make(options); }

private:
    const pipe_kind<Family>* kind_ = nullptr;
};

template <template <class> class Test, class Family>
void register_for_kinds(const std::string& suite, const char* name, const char* file, int line, bool sized_only) {
    for (const auto& kind : Family::kinds()) {
        if (kind.sized || !sized_only) {
            testing::RegisterTest((suite + "/" + kind.name).c_str(), name, nullptr, nullptr, file, line,
                                  [&kind]() -> pipe_test<Family>* {
                                      auto test = std::make_unique<Test<Family>>();
                                      test->use(kind);
                                      return test.release();
                                  });
        }
    }
}

template <template <class> class Test, class Families>
bool register_for_families(const char* suite, const char* name, const char* file, int line, bool sized_only) {
    std::apply([&]<class... Family>(
                   Family...) { (register_for_kinds<Test, Family>(suite, name, file, line, sized_only), ...); },
               Families{});
    return true;
}

} // namespace windpipe_test

/// A test of all kinds of pipe: `this->make()` gives its ends, `Family` their types.
#define PIPE_TEST(suite, name) PIPE_TEST_OF_KINDS(suite, name, false, ::windpipe_test::families)
/// A test of those kinds whose capacity the caller chooses: `this->make({.capacity = n})`.
#define SIZED_PIPE_TEST(suite, name) PIPE_TEST_OF_KINDS(suite, name, true, ::windpipe_test::families)
/// The same for what only the pipes of the system have.
#define SYSTEM_PIPE_TEST(suite, name) PIPE_TEST_OF_KINDS(suite, name, false, ::windpipe_test::system_alone)
#define SIZED_SYSTEM_PIPE_TEST(suite, name) PIPE_TEST_OF_KINDS(suite, name, true, ::windpipe_test::system_alone)

#define PIPE_TEST_OF_KINDS(suite, name, sized_only, of_families)                                                       \
    template <class Family>                                                                                            \
    class suite##_##name : public ::windpipe_test::pipe_test<Family> {                                                 \
        void TestBody() override;                                                                                      \
    };                                                                                                                 \
    const bool suite##_##name##_is_registered = ::windpipe_test::register_for_families<suite##_##name, of_families>(   \
        #suite, #name, __FILE__, __LINE__, sized_only);                                                                \
    template <class Family>                                                                                            \
    void suite##_##name<Family>::TestBody()
