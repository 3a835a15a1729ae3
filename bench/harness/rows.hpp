// rows.hpp - rows that several questions have in common.
#pragma once

#include "harness/conditions.hpp"
#include "harness/experiment.hpp"

namespace bench {

/// "key=value"
std::string setting(const std::string& key, std::uint64_t value);

/// "64 B", "8 KiB", "1 MiB"
std::string size_text(std::uint64_t bytes);

/// Peers that were not built, as rows that say why.
void add_missing(std::vector<entry>& rows, const catalogue& known);

/// A row that is one worker alone, which starts programs itself.
entry single(const way& who, const std::string& name, work how);

/// Gigabytes of 2^30 per second and processor seconds per such gigabyte; from the first start to the last end.
values throughput(const std::vector<nlohmann::json>& reports, std::uint64_t bytes);
std::vector<metric> throughput_metrics();

/// Bytes from one process to another over one pipe.
struct transfer {
    int capacity = 0;
    std::size_t piece = 0; ///< bytes per write
    std::size_t room = 0;  ///< bytes per read
    std::uint64_t bytes = 0;
    bool touch = false; ///< each byte is written anew, and compared
    bool fill = false;  ///< each byte is written anew
    int writer_cpu = 0;
    int reader_cpu = 0;
};
entry stream_row(const std::string& name, const way& writer, const way& reader, const transfer& how);

} // namespace bench
