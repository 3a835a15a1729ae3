// machine.hpp - where and from what a result comes.
#pragma once

#include <nlohmann/json.hpp>

namespace bench {

/// Processor, kernel, memory, governor, huge pages, quotas; "doubt" where numbers from here would say nothing.
nlohmann::json describe_machine();
/// Commit of the source tree, whether it was changed since, compiler, build type, date.
nlohmann::json describe_build();

} // namespace bench
