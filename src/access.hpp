// access.hpp - the library's own way into its public classes.
#pragma once

#include "core/spawn_plan.hpp"
#include "endpoint.hpp"

#include <windpipe/async.hpp>
#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/pipe.hpp>

#include <array>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace windpipe::platform {
struct passed_end;
}

namespace windpipe::detail {

class process_state;

class access {
public:
    /// On failure `handle` is untouched.
    template <class End>
    static result<End> make_end(unique_handle&& handle) {
        std::unique_ptr<endpoint> state(new (std::nothrow) endpoint(std::move(handle))); // no memory: no move
        if (state == nullptr) {
            return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "make end"});
        }
        return End(std::move(state));
    }
    static endpoint* endpoint_of(const pipe_end& end) noexcept { return end.state_.get(); }

    static child make_child(std::unique_ptr<process_state> state) noexcept;
    static process_state& process_of(child& which) noexcept { return *which.state_; }
    static const process_state& process_of(const child& which) noexcept { return *which.state_; }
    static process_state* find_process(const child& which) noexcept { return which.state_.get(); }
    /// The error of a call on a child object without a process.
    static error no_process(std::string_view operation);

    static loop_state& state_of(loop& which) noexcept { return *which.state_; }

    /// What a command asks for, with every decision taken but its streams.
    /// `shares_input`: the child gets our own standard input, which decides containment::automatic.
    static result<spawn_plan> plan_of(const command& what, bool shares_input);
    /// The ends given by name, ready for the child; the plan knows of them afterwards. To be kept until it is started.
    static result<std::vector<platform::passed_end>> pass_given(const command& what, spawn_plan& plan);
    static input_source& in_of(command& what) noexcept { return what.in_; }
    static output_target& out_of(command& what) noexcept { return what.out_; }
    static output_target& err_of(command& what) noexcept { return what.err_; }

    /// Starts a command; a stream it leaves at `inherit` is a pipe where `pipe_inherited` says so.
    /// `beside_input`: it belongs together with a child that gets our standard input.
    static result<child> spawn(command& what, bool pipe_inherited, bool beside_input = false);

private:
    /// spawn(), but it throws std::bad_alloc; then no process has been started.
    static result<child> start(command& what, bool pipe_inherited, bool beside_input);
};

} // namespace windpipe::detail
