// pages.hpp - pages that change hands instead of bytes that are copied.
#pragma once

#include "worker/peer.hpp"

namespace bench::floor {

/// Fills memory of twice the size of the pipe in turn and lends it; what the reader has not read yet is waited for.
void lend_pages(pipe_end to, outgoing& data);

/// Moves all from one pipe into another.
void splice_all(pipe_end in, pipe_end out);

/// Ends that cost next to nothing: one lends the same pages over and over, the other lets them go unread.
void lend_always(pipe_end to, outgoing& data);
void drop_all(pipe_end from, incoming& data);

} // namespace bench::floor
