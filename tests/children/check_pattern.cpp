// check_pattern - reads stdin to its end; prints "N ok" or "N wrong at P".
#include "common.hpp"

int child_main(const std::vector<std::string>& /*args*/) { return check_pattern(65536, 0); }
