#include "core/environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using entries = std::vector<std::string>;

entries changed(entries before, const std::vector<windpipe::environment_change>& changes, bool ignore_case = false) {
    entries after = windpipe::changed_environment(std::move(before), changes, ignore_case);
    std::ranges::sort(after); // the order is nobody's business
    return after;
}

TEST(environment, sets_replaces_and_removes) {
    EXPECT_EQ(changed({"A=1", "B=2"}, {{"C", "3"}}), (entries{"A=1", "B=2", "C=3"}));
    EXPECT_EQ(changed({"A=1", "B=2"}, {{"A", "9"}}), (entries{"A=9", "B=2"}));
    EXPECT_EQ(changed({"A=1", "B=2"}, {{"A", std::nullopt}}), (entries{"B=2"}));
    EXPECT_EQ(changed({"A=1"}, {{"B", std::nullopt}}), (entries{"A=1"}));
}

TEST(environment, applies_changes_in_order) {
    EXPECT_EQ(changed({}, {{"A", "1"}, {"A", "2"}}), (entries{"A=2"}));
    EXPECT_EQ(changed({}, {{"A", "1"}, {"A", std::nullopt}}), (entries{}));
    EXPECT_EQ(changed({"A=0"}, {{"A", std::nullopt}, {"A", "2"}}), (entries{"A=2"}));
}

TEST(environment, tells_an_empty_value_from_none) {
    EXPECT_EQ(changed({"A=1"}, {{"A", ""}}), (entries{"A="}));
    EXPECT_EQ(windpipe::find_variable(entries{"A="}, "A", false), "");
    EXPECT_EQ(windpipe::find_variable(entries{"A="}, "B", false), std::nullopt);
}

TEST(environment, leaves_one_entry_of_a_name_that_was_there_twice) {
    EXPECT_EQ(changed({"A=1", "A=2"}, {{"A", "3"}}), (entries{"A=3"}));
    EXPECT_EQ(windpipe::find_variable(entries{"A=1", "A=2"}, "A", false), "1") << "as getenv() does";
}

TEST(environment, does_not_mistake_a_prefix_for_a_name) {
    EXPECT_EQ(changed({"PATHEXT=x", "PATH=y"}, {{"PATH", std::nullopt}}), (entries{"PATHEXT=x"}));
    EXPECT_EQ(windpipe::find_variable(entries{"PATHEXT=x"}, "PATH", false), std::nullopt);
}

TEST(environment, keeps_equals_signs_in_values) {
    EXPECT_EQ(changed({"A=b=c"}, {{"B", "=d="}}), (entries{"A=b=c", "B==d="}));
    EXPECT_EQ(windpipe::find_variable(entries{"A=b=c"}, "A", false), "b=c");
}

TEST(environment, folds_case_only_where_the_system_does) {
    EXPECT_EQ(changed({"Path=x"}, {{"PATH", "y"}}, true), (entries{"PATH=y"}));
    EXPECT_EQ(changed({"Path=x"}, {{"PATH", "y"}}, false), (entries{"PATH=y", "Path=x"}));
    EXPECT_EQ(windpipe::find_variable(entries{"Path=x"}, "pATH", true), "x");
    EXPECT_EQ(windpipe::find_variable(entries{"Path=x"}, "pATH", false), std::nullopt);
    EXPECT_TRUE(windpipe::same_variable("azAZ_09", "AZaz_09", true));
    EXPECT_FALSE(windpipe::same_variable("a@", "a`", true)) << "signs that differ by the case bit alone";
    EXPECT_FALSE(windpipe::same_variable("a[", "a{", true));
    EXPECT_FALSE(windpipe::same_variable("AB", "A", true));
}

TEST(environment, passes_the_current_directories_of_drives_through) {
    EXPECT_EQ(changed({"=C:=C:\\dir", "A=1"}, {{"A", "2"}}, true), (entries{"=C:=C:\\dir", "A=2"}));
}

TEST(environment, passes_entries_without_an_equals_sign_through) {
    EXPECT_EQ(changed({"strange", "", "A=1"}, {{"A", std::nullopt}}), (entries{"", "strange"}));
    EXPECT_EQ(windpipe::find_variable(entries{"strange"}, "strange", false), std::nullopt);
}

TEST(environment, knows_which_names_can_be_set) {
    EXPECT_TRUE(windpipe::is_variable_name("A"));
    EXPECT_TRUE(windpipe::is_variable_name("a b.c(x86)"));
    EXPECT_FALSE(windpipe::is_variable_name(""));
    EXPECT_FALSE(windpipe::is_variable_name("A=B"));
    EXPECT_FALSE(windpipe::is_variable_name("=A"));
    EXPECT_FALSE(windpipe::is_variable_name(std::string_view("A\0B", 3)));
}

} // namespace
