// platform.hpp - THE CONTRACT: every function a system must provide. src/platform/<system>/ implements all of it. The
// file that a section names has the same name for each system; what is more than one file's worth of code there has
// files of its own beside it (windows/transfer.cpp and standard.cpp, windows/inquiry.cpp, linux/peek.cpp). The memory
// of rings and the turns of their processes have headers of their own, ring_memory.hpp and ring_turns.hpp.
// Nothing above this file includes a system header.
//
// Holds for all of it: no function throws (unless it says so), logs, aborts or installs a handler; an error carries the
// code the system gave on the line of the call; a handle made here is born private (close-on-exec, not inheritable);
// EINTR never escapes.
#pragma once

#include "attached.hpp"
#include "core/exit_report.hpp"
#include "core/given_ends.hpp"
#include "core/spawn_plan.hpp"
#include "interruption.hpp"
#include "ring_memory.hpp"
#include "ring_turns.hpp"

#include <windpipe/async.hpp>
#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/holders.hpp>
#include <windpipe/pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace windpipe::platform {

// ---- errors ------------------------------------------------------------------------------------------ errors.cpp

/// The category of the codes this system gives. Its values compare equal to the std::errc named in error.hpp.
const std::error_category& native_category() noexcept;

// ---- ends of pipes ------------------------------------------------------------------------------------- pipe.cpp

/// Which end of a new pipe stays in this process for good.
///
/// Windows: that end is overlapped, so that it can be waited for together with others; an end that a child may get must
/// be synchronous. Both kinds take every call below. Linux: no difference.
enum class local_end { none, reader, writer };
enum class direction { read, write };

struct raw_pipe {
    unique_handle reader;
    unique_handle writer;
};

/// POST: both ends are private and not 0, 1 or 2. capacity 0: the default. A larger wish than allowed is no error.
result<raw_pipe> create_pipe(std::size_t capacity, local_end local);

/// That `handle` is an open pipe end with this direction: bad_file_descriptor or invalid_argument if not. POST:
/// private.
result<void> check_end(native_handle handle, direction way);

/// Reads 1..into.size() bytes; 0 is end of stream. One system call where it need not wait.
/// PRE: into is not empty. Fails with interruption::why() when it has waited and that says so.
result<std::size_t> read_some(native_handle handle, std::span<std::byte> into, interruption& interrupted);

/// Writes at least one byte of the pieces, in order, at most `most` bytes in all, and returns how many. One system call
/// where it need not wait (Windows writes one piece at a time). `whole`: it may wait until all of them are in the pipe;
/// otherwise it returns as soon as some are. No readers: broken_pipe, without any effect on the process's signals.
/// resource_deadlock_would_occur where interruption::deadlock() asks for it and this system can tell (Windows: never).
/// PRE: the first piece is not empty, most > 0.
result<std::size_t> write_some(native_handle handle, std::span<const const_buffer> pieces, std::size_t most, bool whole,
                               interruption& interrupted);

/// One system call for a transfer, which waits only with `may_wait`, and only if no other thread of this process could
/// have to end the wait. The bytes it moved; 0 also where it failed, where it may not wait after all, or where this
/// system cannot do it in one call. A write that waits is whole or fails.
std::size_t quick_read(native_handle handle, std::span<std::byte> into, bool may_wait) noexcept;
std::size_t quick_write(native_handle handle, const_buffer bytes, bool may_wait) noexcept;

/// Writes up to this size are given to the system as they are; of larger ones, core/cutting.hpp finds out whether they
/// are faster in pieces.
std::size_t largest_uncut_write() noexcept;

/// Whether this pipe can refer to memory instead of copying it, and a reader by this library copies from it.
bool lends_pages(native_handle writer) noexcept;
/// As write_some() of one piece, but the pipe only refers to the memory: its bytes are to stay as they are until they
/// have been read, which is when available() counts them no more. PRE: lends_pages(); the memory is of a region.
result<std::size_t> lend_some(native_handle handle, const_buffer bytes, interruption& interrupted);

/// Waits until there is something to read, without reading it. False: end of stream.
/// Source: poll(2); a ReadFile of zero bytes, which completes when data comes or the writers leave.
result<bool> wait_readable(native_handle reader, interruption& interrupted);

/// Moves 1..most bytes from one pipe into another without their passing through this process; 0 is end of stream. What
/// is not moved stays. Nothing: this system (Windows: always) or these ends cannot do it, and nothing has been done.
/// No readers: broken_pipe, as write_some(). PRE: the interruptions of the ends are together, most > 0.
/// One of the two may be no pipe, see transfer_side.
result<std::optional<std::size_t>> splice_some(native_handle from, native_handle to, std::size_t most,
                                               interruption& reading, interruption& writing);

/// As splice_some() between two pipes, but the bytes stay where they are, too: the next ones are the same again.
result<std::optional<std::size_t>> tee_some(native_handle from, native_handle to, std::size_t most,
                                            interruption& reading, interruption& writing);

/// Linux: of either end.
result<std::size_t> available(native_handle reader);
result<std::size_t> peek(native_handle reader, std::span<std::byte> into);
result<std::size_t> capacity(native_handle end);
/// Lets the pipe of a local end hold this much. False: it does not, and is as it was (Windows: always).
bool enlarge(native_handle end, std::size_t bytes) noexcept;
result<unique_handle> duplicate(native_handle end);

/// Takes this process's standard input (way read) or standard output (write) out of its slot, which gets the null
/// device: what is returned is private, and neither later opens nor children meet it by accident.
/// Source: F_DUPFD_CLOEXEC in fcntl(2); GetStdHandle, SetStdHandle.
result<unique_handle> take_standard(direction way);

// ---- files and sockets in transfers ------------------------------------------------------------------- files.cpp

/// One side of a transfer: a pipe, or a file or socket of the user's.
struct transfer_side {
    enum class kind { pipe, file, socket };
    native_handle handle = no_handle;
    kind what = kind::pipe;
    bool splices = true; // splice_some() may be tried with it: it does not wait where it must not
};

inline constexpr std::string_view open_file_step = "open file";
/// Opens a file by its path. POST: private. PRE: `how` is read_file, write_file or append_file; a path without NUL.
result<unique_handle> open_file(const std::string& path, stream_plan::source how);

/// What `handle` is. bad_file_descriptor where it is not open, invalid_argument where it is not open this way,
/// operation_not_supported for what cannot give back what it has given (a device to read from) and others.
result<transfer_side> side_of(native_handle handle, direction way);

/// Reads 1..into.size() bytes of a file or socket; 0: its end. They are taken only by take(), which follows.
/// PRE: no pipe, into is not empty.
result<std::size_t> look(const transfer_side& from, std::span<std::byte> into, interruption& interrupted);
/// Takes the first `count` of the bytes just seen; the others will be seen again. PRE: count <= seen.size().
result<void> take(const transfer_side& from, std::span<std::byte> seen, std::size_t count);
/// Writes at least one byte, and waits for room in a socket. No readers: broken_pipe, as write_some().
/// PRE: no pipe, bytes is not empty.
result<std::size_t> put(const transfer_side& to, const_buffer bytes, interruption& interrupted);

// ---- who has the other end open ---------------------------------------------------------------------- holders.cpp

/// Who holds the other ends of the pipes of `ends`, which are ends of ours, not none, all with the direction `way`.
/// Sorted. Throws std::bad_alloc.
result<holder_list> holders(std::span<const native_handle> ends, direction way);

// ---- waking a thread that waits ----------------------------------------------------------------------- waker.cpp

/// Wakes the one thread it belongs to out of a wait in this contract. A wake-up stays until that thread clears it, so a
/// wait may find one that was meant for an earlier call: it clears it, asks why() and goes on waiting.
class waker {
public:
    waker(const waker&) = delete;
    waker& operator=(const waker&) = delete;

    /// The calling thread's own, made at its first use (and destroyed with the thread).
    static result<waker*> of_this_thread();
    /// From any thread.
    void wake() noexcept;
    /// By its own thread: forgets earlier wake-ups.
    void clear() noexcept;
    [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }

private:
    waker() = default;
    unique_handle handle_;
    [[maybe_unused]] std::uintptr_t owner_ = 0; // for the backend: the thread, where it needs to know
    friend struct waker_maker;
};

// ---- ends that a child gets by name ----------------------------------------------------------------- handover.cpp

/// An end as a child will get it.
struct passed_end {
    unique_handle owned = {};         // Windows: an inheritable duplicate, to be closed after the start
    native_handle handle = no_handle; // for spawn_plan::given
    std::uint64_t number = 0;         // what the child will call it; on Linux 3 and more
    end_identity identity = {};
};
/// `place`: how many are in spawn_plan::given before it. Windows: invalid_argument for an overlapped end.
result<passed_end> pass_end(native_handle end, std::size_t place);

/// The same for a part of a ring's end: one of its pipes, of either kind, its memory, or the place of its turns.
result<passed_end> pass_ring_part(native_handle part, std::size_t place);

/// The end that our parent passed on as `number`: bad_file_descriptor where that is not open or is another file, else
/// as check_end(). POST: private.
result<native_handle> received_end(std::uint64_t number, direction way, end_identity identity);

/// The same for the memory of a ring, of which map_ring() then says whether it is that, and for the place of its turns.
result<native_handle> received_memory(std::uint64_t number, end_identity identity);

/// From the system's generator for keys.
result<void> random_bytes(std::span<std::byte> into);

// ---- two processes that meet -------------------------------------------------------------------------- meeting.cpp

/// What one of them says to the other. The last 8 bytes are the backend's.
using message = std::array<std::byte, 32>;

/// With a process of the same user.
struct conversation {
    unique_handle channel;
    std::uint32_t other = 0;    // that process; 0 where it is in a namespace that we do not see
    unique_handle process = {}; // Windows: of the one who has opened the meeting, whose handles can be copied
};

/// A place with this name (letters and digits), to which others can come from now on.
result<unique_handle> open_meeting(const std::string& name);
/// The next one who has come; others than this user are sent away. `meeting` may be another handle afterwards.
result<conversation> next_visitor(unique_handle& meeting, const std::string& name, interruption& interrupted);
/// Goes there. no_such_file_or_directory: there is no such place; operation_not_permitted: it is another user's.
result<conversation> visit(const std::string& name, interruption& interrupted);

/// Says something, together with an end of ours or without one (no_handle). The end stays ours as well.
/// connection_reset: the other one has hung up.
result<void> say(const conversation& with, message what, native_handle end, interruption& interrupted);
struct heard {
    message what{};
    unique_handle end = {}; // whatever it may be: to be checked by check_end()
};
/// connection_reset: the other one has hung up. protocol_error: it has said what is no message. On Windows an end
/// reaches only the one who has come.
result<heard> listen(const conversation& with, interruption& interrupted);

// ---- threads of the library's own ----------------------------------------------------------------------- thread.cpp

/// A thread in which no signal handler of the process runs. Throws std::bad_alloc.
result<std::thread> start_thread(std::function<void()> body);

// ---- memory for captured bytes ------------------------------------------------------------------------ memory.cpp

/// Address space of which only the pages that have been written take memory.
struct region {
    std::byte* data = nullptr;
    std::size_t size = 0;
};

/// Makes a region, or a larger one of it, with room for `at_least` bytes; reserves generously. The contents stay, their
/// place need not. False: no memory, and nothing has changed.
bool grow_region(region& memory, std::size_t at_least) noexcept;
/// Gives back whole pages behind the first `size` bytes. The place stays.
void shrink_region(region& memory, std::size_t size) noexcept;
void free_region(region memory) noexcept;

// ---- processes ---------------------------------------------------------------------------- spawn.cpp, process.cpp

/// A child that has not been reaped, or has (then only `id` says anything).
struct process {
    unique_handle handle;     // pidfd; process handle
    unique_handle job;        // job object; directory of the control group, until it is reaped
    std::uint32_t id = 0;     // 0: no child of ours, but a member of its tree
    bool leads_group = false; // Linux: signals go to its process group
    bool in_control_group = false;
    std::string control_group = {}; // the path of that
    deadline::clock::time_point started;
};

/// Starts a program as the plan says. On failure error::operation names the step and nothing is left behind.
result<process> spawn(const spawn_plan& plan);

/// How `what` ended, reaping it, or nothing while it runs. Never blocks.
/// PRE: it has not been reaped; no other thread is in reap() for it.
result<std::optional<exit_report>> reap(process& what);

/// Whether `what`, which failed, most likely did so because `reader`, the process that read its output, had closed the
/// pipe: Linux: SIGPIPE ended it. Windows, where no signal tells: the reader had ended before it.
bool ended_by_closed_pipe(const exit_report& what, const exit_report& reader) noexcept;

/// Waits until `what` has ended. Does not reap. Any number of threads at once, also while and after one reaps.
result<void> wait_ended(const process& what, interruption& interrupted);

enum class signal_kind { ask, force };
/// PRE: not reaped. To the process and whatever it leads. Ended already: no error.
result<void> signal(const process& what, signal_kind kind);

/// By what the tree of `what` is held.                                                                       tree.cpp
tree_hold hold_on(const process& what) noexcept;

/// One running process of the tree of `what`, itself first, as the handle of a process that can be waited for; none:
/// all have ended. PRE: not reaped, and held by something.
result<unique_handle> tree_member(const process& what);

/// Lets go of a running child so that it leaves no zombie when it ends.
void abandon(process&& what) noexcept;

/// How this system writes paths and compares environment names.
struct naming {
    std::string_view separators;   // "/" or "\\/"
    char path_separator;           // ':' or ';'
    std::string_view default_path; // where to search without a PATH: "/bin:/usr/bin"; nowhere on Windows
    bool environment_ignores_case;
};
naming names() noexcept;

/// This process's environment, "NAME=value" in UTF-8, and one variable of it. What is no text on Windows (a lone
/// surrogate) is kept so that a child can be given it unchanged.
result<std::vector<std::string>> environment();
result<std::optional<std::string>> environment_variable(const std::string& name);
/// Sets one, or removes it where there is no value. PRE: a name and a value that can be set.
result<void> set_environment_variable(const std::string& name, const std::optional<std::string>& value);

// ---- for event loops of others -------------------------------------------------------------------- waitable.cpp

/// Ready for reading (Linux) when a transfer of `end` would not wait; Windows: operation_not_supported.
result<unique_handle> end_waitable(native_handle end, direction way);
/// Ready for reading (Linux) or signalled (Windows) when `what` has ended, reaped or not.
result<unique_handle> process_waitable(const process& what);

// ---- several streams and processes at once ---------------------------------------------------------- exchange.cpp

/// What became of one operation of an exchange.
struct completion {
    std::size_t slot = 0;
    std::size_t bytes = 0; // a read of 0 is end of stream
    std::error_code code;  // broken_pipe and the like
};

/// Transfers and processes, driven by one thread. At most one operation per slot is under way.
///
/// Handles must be local ends (overlapped on Windows). The destructor calls off what is under way; the memory given to
/// it is not touched afterwards.
class exchange {
public:
    explicit exchange(std::size_t slots);
    ~exchange();
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    void read(std::size_t slot, native_handle reader, std::span<std::byte> into);
    void write(std::size_t slot, native_handle writer, const_buffer bytes);
    /// Completes once, with 0 bytes, when the process has ended.
    void watch(std::size_t slot, const process& what);
    /// Calls off the operation of a slot. Bytes it had moved by then are returned, as its completion would.
    std::size_t cancel(std::size_t slot);

    /// The next operation that is done. Fails with interruption::why(); with a deadline that has passed it returns what
    /// is done already, else timed_out. PRE: something is under way.
    result<completion> next(interruption& interrupted);

private:
    struct state;
    std::unique_ptr<state> state_;
};

// ---- any number of operations at once -------------------------------------------------------------- reactor.cpp

/// What a reactor keeps with an end or a process: whoever owns the handle owns this too (attachment_ptr) and lets go of
/// it first. What is under way is called off then, and is done with operation_canceled. It may outlive its reactor.
class attachment;

/// Reads, writes and ends of processes, for one thread: the one that waits. Handles may be of either kind.
///
/// The destructor is for when nothing is under way.
class reactor {
public:
    static result<std::unique_ptr<reactor>> make();
    ~reactor();
    reactor(const reactor&) = delete;
    reactor& operator=(const reactor&) = delete;

    /// Begins an operation that stays where it is until it is done. True: it is done, see operation::bytes and code.
    /// Otherwise it is under way, and when it is done it is marked so and appended to done(). A write is done when all
    /// is written. `try_now`: it must be tried before this returns, as for a deadline that has passed.
    /// PRE: it has something to move. `kept` belongs to the owner of `handle`, and is not used for another one.
    bool begin(detail::operation& what, native_handle handle, attachment_ptr& kept, bool try_now) noexcept;
    /// Calls off what is under way: the system does not touch its memory any more, and it is not in done(). False: it
    /// was done already. operation::bytes says what it had moved in either case.
    bool cancel(detail::operation& what) noexcept;
    [[nodiscard]] detail::link& done() noexcept;

    /// Waits until something is done, the time has come or somebody wakes it, perhaps earlier.
    result<void> wait(const deadline& until) noexcept;
    /// From any thread. One that comes between two waits counts for the second.
    void wake() noexcept;

    struct state;

private:
    reactor() = default;
    std::unique_ptr<state> state_;
};

} // namespace windpipe::platform
