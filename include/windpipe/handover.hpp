// handover.hpp - ends that reach a process by a name: given to a child by its parent.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <string_view>

namespace windpipe {

/// Takes over an end that our parent gave us by this name: see command::give(). Each can be adopted once, by the
/// function that has its direction.
///
/// That it is the end that was given is checked: it is open, a pipe, has this direction, and is the pipe that the
/// parent had, as far as the system can tell. Who asks for the wrong direction has taken nothing.
///
/// *Errors*: `no_such_file_or_directory` (nothing was given by this name, or it has been adopted already),
/// `invalid_argument` (it is the other end of a pipe; or this can be no name), `bad_file_descriptor` (it was given to a
/// process from which we have only its environment: the end is not open here, or is another file), `bad_message` (what
/// the environment says of it is not what windpipe writes), `not_enough_memory`.
/// *Ownership*: the end is private from now on: no child of ours gets it unasked. The name is gone from our
/// environment. An end that is not adopted stays open, and is inherited by processes that others than windpipe start.
/// *Threads*: any number at a time. But as the environment is changed, not while another thread reads it by other means
/// or starts processes with it; best done first in `main`.
/// *Systems*: on Windows a pipe has no identity that the system would tell of every one: its kind and sizes are
/// compared, and its name where it has one.
/// *Example*: examples/named_ends.cpp
/// *Source*: environ(7), fstat(2); "Inheritance" of handles, NtQueryInformationFile.
[[nodiscard]] result<pipe_reader> adopt_reader(std::string_view name);
[[nodiscard]] result<pipe_writer> adopt_writer(std::string_view name);

} // namespace windpipe
