// cli11.hpp - the one name of CLI11 that our headers need, without its headers.
#pragma once

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's own name
class App;      // NOLINT(readability-identifier-naming): as above
} // namespace CLI
