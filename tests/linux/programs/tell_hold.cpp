// tell_hold.cpp - starts a program as strongly contained as it can, and prints what holds its tree: `tell_hold PROGRAM
// ARGUMENT...`
#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    if (argc < 2) {
        return 99;
    }
    windpipe::command what(argv[1], std::vector<std::string>(argv + 2, argv + argc));
    auto child = what.in(windpipe::piped).contain(windpipe::containment::strongest).spawn();
    if (!child) {
        std::fprintf(stderr, "%s\n", child.error().message().c_str());
        return 97;
    }
    child->in.close();
    const auto status = child->wait_tree();
    switch (child->holds_tree_by()) {
    case windpipe::tree_hold::cgroup:
        std::puts("cgroup");
        break;
    case windpipe::tree_hold::process_group:
        std::puts("process_group");
        break;
    default:
        std::puts("something else");
    }
    return status && status->success() ? 0 : 1;
}
