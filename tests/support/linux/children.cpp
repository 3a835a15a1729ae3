// children.cpp - programs have no suffix here.
#include "support/children.hpp"

std::string_view windpipe_test::detail::program_suffix() noexcept { return ""; }
