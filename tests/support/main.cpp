// main.cpp - the main() of every test program.
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    windpipe_test::install_watchdog();
    return RUN_ALL_TESTS();
}
