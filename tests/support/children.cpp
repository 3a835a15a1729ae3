// children.cpp - finding the children and reading what they print.
#include "support/children.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace windpipe_test {

std::string children_folder() {
    const char* folder = std::getenv("WINDPIPE_TEST_CHILDREN");
    if (folder == nullptr || *folder == '\0') {
        throw std::runtime_error("WINDPIPE_TEST_CHILDREN does not name the folder of the children; run by ctest");
    }
    return folder;
}

std::string child_program(std::string_view name) {
    std::string path = children_folder();
    path.append("/").append(name).append(detail::program_suffix());
    if (!std::filesystem::exists(path)) {
        throw std::runtime_error("there is no child program " + path);
    }
    return path;
}

windpipe::run_result run_child(std::string_view name, const std::vector<std::string>& args,
                               const windpipe::run_options& options) {
    return windpipe::or_throw(windpipe::run(windpipe::command(child_program(name), args), options));
}

std::vector<std::string> parse_counted(std::string_view text) {
    std::vector<std::string> texts;
    while (!text.empty()) {
        std::size_t length = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (failed != std::errc() || text.size() < digits + length + 2 || text[digits] != ':' ||
            text[digits + 1 + length] != '\n') {
            throw std::runtime_error("no LENGTH:BYTES at: " + std::string(text.substr(0, 40)));
        }
        texts.emplace_back(text.substr(digits + 1, length));
        text.remove_prefix(digits + length + 2);
    }
    return texts;
}

} // namespace windpipe_test
