// pipelines.hpp - pipelines that run until a test has seen enough of them.
#pragma once

#include "tool/tool.hpp"

#include <windpipe/child.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {

/// A script of bash that runs while this lives, with all that it starts.
class running_script {
public:
    explicit running_script(const std::string& script);

    [[nodiscard]] std::string pid() const { return std::to_string(shell_.pid()); }

    /// Waits until a snapshot shows all of these words.
    void wait_for(const std::vector<std::string>& words) const;

    /// What `windpipe snapshot` prints of it.
    [[nodiscard]] std::string snapshot(std::string_view seconds) const;

private:
    windpipe::child shell_;
};

} // namespace windpipe_test
