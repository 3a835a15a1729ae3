// origin_of_thread.hpp - where a thread began.
#pragma once

#include <string>

namespace windpipe_test::detail {

/// The name of the module that holds the first function of a thread, "ntdll.dll" for those of the system's thread pool.
std::string origin_of_thread(unsigned long id);

} // namespace windpipe_test::detail
