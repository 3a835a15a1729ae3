// handover.hpp - ends that reach another process: given to a child by a name, or offered to any process by a token.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace windpipe {

namespace detail {
class offer_state;
}

// ---- from a parent to its child

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

/// The same for the end of a ring. From now on this process is the one that reads, or writes; of ring_mode::shared, one
/// of them.
///
/// *Errors*: as adopt_reader(), and `protocol_error` (another process has damaged the ring).
/// *Systems*: on Windows memory has no identity: that it is the memory of a ring is all that can be checked.
/// *Example*: examples/ring_frames.cpp
[[nodiscard]] result<ring_reader> adopt_ring_reader(std::string_view name);
[[nodiscard]] result<ring_writer> adopt_ring_writer(std::string_view name);

// ---- from a process to any other one

/// What offer::make() may be told.
struct offer_options {
    /// For how long the end can be redeemed. Afterwards it is closed.
    std::chrono::nanoseconds valid_for = std::chrono::minutes(1);
};

/// An end that waits for a process, which need not be related to this one and may run already. Whoever has the token
/// can redeem it, once.
///
/// A thread of its own hands the end over, so that nobody has to wait() for that. What a visitor does or fails to do
/// keeps neither the offer nor other visitors for long.
/// *Ownership*: the destructor withdraws the offer: an end that nobody has redeemed is closed. Move-only.
/// *Threads*: any number may call token() and wait(); moving and destroying are for one, when no other uses it.
/// *Example*: examples/offer.cpp
/// *Source*: unix(7), SCM_RIGHTS and SO_PEERCRED; CreateNamedPipeW, DuplicateHandle.
class offer {
public:
    /// Moves an end into an offer.
    ///
    /// *Errors*: `bad_file_descriptor` (it is closed), `too_many_files_open`, `not_enough_memory`,
    /// `resource_unavailable_try_again` (no more threads).
    /// *Ownership*: on failure `end` is untouched and still yours.
    [[nodiscard]] static result<offer> make(pipe_reader&& end, const offer_options& options = {});
    [[nodiscard]] static result<offer> make(pipe_writer&& end, const offer_options& options = {});
    [[nodiscard]] static result<offer> make(ring_reader&& end, const offer_options& options = {});
    [[nodiscard]] static result<offer> make(ring_writer&& end, const offer_options& options = {});

    offer(offer&& other) noexcept;
    offer& operator=(offer&& other) noexcept;
    ~offer();

    /// What the other process needs, by whatever way it gets there: 44 small letters and digits, good for a command
    /// line, a file, a URL or a clipboard. A secret until it is redeemed. Of a moved-from offer, empty.
    [[nodiscard]] std::string token() const;

    /// Waits until the end has been redeemed. From then on this process has no copy of it.
    ///
    /// *Returns*: the id of the process that has it; 0 on Linux for one in a process namespace that we do not see.
    /// *Errors*: `identifier_removed` (the time of the offer is over), `timed_out`, `operation_canceled` (the limit;
    /// the offer stands), `bad_file_descriptor` (moved from).
    [[nodiscard]] result<std::uint32_t> wait(const wait_limit& limit = {}) const;

private:
    explicit offer(std::unique_ptr<detail::offer_state> state) noexcept;
    template <class End>
    static result<offer> begin(End& end, bool writes, const offer_options& options);
    std::unique_ptr<detail::offer_state> state_;
};

/// Takes over the end that some process of the same user offers by this token: see offer. White space around the token
/// does not count.
///
/// *Blocks*: until the offerer has answered: at once, unless other visitors are before us.
/// *Errors*: `bad_message` (the text is no token, or a token that was cut off or changed), `invalid_argument` (it is of
/// the other end of a pipe), `no_such_file_or_directory` (the offer was withdrawn, or the process that made it has
/// ended), `identifier_removed` (its time is over), `already_connected` (it has been redeemed), `permission_denied`
/// (its secret is another one: the token is made up), `operation_not_permitted` (it is of another user), `timed_out`,
/// `operation_canceled`, `connection_reset` (the offerer has given us up, or ended just then), `protocol_error` (what
/// came is not this end of a pipe), `too_many_files_open`, `not_enough_memory`. After an error we have no copy of the
/// end. The offer stands, unless the call was ended by its limit in the last step.
/// *Ownership*: the end is private, as those of make_pipe().
/// *Systems*: on Linux both processes must be in one network namespace. On Windows a process of lower integrity cannot
/// redeem what one of higher integrity offers; the local end of a piped stream stays overlapped.
/// *Example*: examples/offer.cpp
[[nodiscard]] result<pipe_reader> redeem_reader(std::string_view token, const wait_limit& limit = {});
[[nodiscard]] result<pipe_writer> redeem_writer(std::string_view token, const wait_limit& limit = {});
/// The same for the end of a ring. *Errors*: `protocol_error` also when another process has damaged the ring.
[[nodiscard]] result<ring_reader> redeem_ring_reader(std::string_view token, const wait_limit& limit = {});
[[nodiscard]] result<ring_writer> redeem_ring_writer(std::string_view token, const wait_limit& limit = {});

} // namespace windpipe
