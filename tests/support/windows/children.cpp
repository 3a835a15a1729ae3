// children.cpp - the suffix of programs.
#include "support/children.hpp"

std::string_view windpipe_test::detail::program_suffix() noexcept { return ".exe"; }
