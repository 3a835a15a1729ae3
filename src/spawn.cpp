#include "access.hpp"
#include "process_state.hpp"

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>

#include <new>
#include <type_traits>

namespace windpipe {

namespace {

using source = stream_plan::source;

/// The pipes of one spawn: our ends, which the child object will own, and the child's, closed when it has them.
struct new_pipes {
    std::array<unique_handle, 3> ours;
    std::array<unique_handle, 3> childs;
};

std::unexpected<error> refused(std::size_t stream, std::string why) {
    return std::unexpected(
        error{std::make_error_code(std::errc::invalid_argument), open_steps[stream], std::move(why)});
}

result<stream_plan> plan_pipe(std::size_t stream, new_pipes& pipes) {
    const bool child_reads = stream == 0;
    auto made = platform::create_pipe(0, child_reads ? platform::local_end::writer : platform::local_end::reader);
    if (!made) {
        made.error().operation = open_steps[stream];
        return std::unexpected(std::move(made).error());
    }
    pipes.childs[stream] = std::move(child_reads ? made->reader : made->writer);
    pipes.ours[stream] = std::move(child_reads ? made->writer : made->reader);
    return stream_plan{.from = source::handle, .handle = pipes.childs[stream].get()};
}

result<stream_plan> plan_handle(std::size_t stream, native_handle handle) {
    if (handle == no_handle) {
        return refused(stream, "the given end or handle is closed, or an earlier spawn has used it up");
    }
    return stream_plan{.from = source::handle, .handle = handle};
}

/// What one alternative of input_source or output_target means for stream number `stream`.
struct planner {
    std::size_t stream;
    new_pipes& pipes;

    result<stream_plan> operator()(inherit_t /*tag*/) const { return stream_plan{.from = source::inherit}; }
    result<stream_plan> operator()(null_t /*tag*/) const { return stream_plan{.from = source::null}; }
    result<stream_plan> operator()(piped_t /*tag*/) const { return plan_pipe(stream, pipes); }
    result<stream_plan> operator()(const from_file& file) const { return plan_file(source::read_file, file.path); }
    result<stream_plan> operator()(const to_file& file) const { return plan_file(source::write_file, file.path); }
    result<stream_plan> operator()(const append_to& file) const { return plan_file(source::append_file, file.path); }
    result<stream_plan> operator()(our_stdout_t /*tag*/) const { return stream_plan{.from = source::our_stdout}; }
    result<stream_plan> operator()(our_stderr_t /*tag*/) const { return stream_plan{.from = source::our_stderr}; }
    result<stream_plan> operator()(with_stdout_t /*tag*/) const {
        if (stream != 2) {
            return refused(stream, "with_stdout is for err only");
        }
        return stream_plan{.from = source::same_as_out};
    }
    result<stream_plan> operator()(const detail::pipe_end& end) const {
        return plan_handle(stream, end.native_handle());
    }
    result<stream_plan> operator()(const unique_handle& handle) const { return plan_handle(stream, handle.get()); }

private:
    [[nodiscard]] result<stream_plan> plan_file(source from, const std::string& path) const {
        if (path.empty() || path.find('\0') != std::string::npos) {
            return refused(stream, path.empty() ? "the file name is empty" : "a NUL byte in the file name");
        }
        return stream_plan{.from = from, .path = path};
    }
};

/// Closes an end or handle that the child has now.
template <class Variant>
void use_up(Variant& given) {
    std::visit(
        [](auto& chosen) {
            using chosen_type = std::remove_cvref_t<decltype(chosen)>;
            if constexpr (std::is_base_of_v<detail::pipe_end, chosen_type> ||
                          std::is_base_of_v<detail::ring_end, chosen_type>) {
                chosen.close();
            } else if constexpr (std::is_same_v<chosen_type, unique_handle>) {
                chosen.reset();
            }
        },
        given);
}

/// Throws std::bad_alloc.
template <class End>
End end_of(unique_handle& handle) {
    if (!handle) {
        return End();
    }
    auto end = detail::access::make_end<End>(std::move(handle));
    if (!end) {
        throw std::bad_alloc();
    }
    return std::move(*end);
}

} // namespace

result<child> detail::access::spawn(command& what, bool pipe_inherited, bool beside_input) {
    try {
        return start(what, pipe_inherited, beside_input);
    } catch (const std::bad_alloc&) { // before the start of the process: see start()
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "start process"});
    }
}

result<child> detail::access::start(command& what, bool pipe_inherited, bool beside_input) {
    const bool inherits_input = std::holds_alternative<inherit_t>(what.in_) && !pipe_inherited;
    auto plan = plan_of(what, inherits_input || beside_input);
    if (!plan) {
        return std::unexpected(std::move(plan).error());
    }
    new_pipes pipes;
    const auto plan_stream = [&](std::size_t stream, const auto& chosen) -> result<void> {
        const bool make_pipe = pipe_inherited && std::holds_alternative<inherit_t>(chosen);
        auto planned = make_pipe ? plan_pipe(stream, pipes) : std::visit(planner{stream, pipes}, chosen);
        if (!planned) {
            return std::unexpected(std::move(planned).error());
        }
        plan->streams[stream] = std::move(*planned);
        return {};
    };
    for (const result<void>& planned :
         {plan_stream(0, what.in_), plan_stream(1, what.out_), plan_stream(2, what.err_)}) {
        if (!planned) {
            return std::unexpected(planned.error());
        }
    }
    const auto passed = pass_given(what, *plan);
    if (!passed) {
        return std::unexpected(passed.error());
    }
    // All memory is taken before there is a process that somebody must own.
    auto state = std::make_unique<process_state>();
    auto in = end_of<pipe_writer>(pipes.ours[0]);
    auto out = end_of<pipe_reader>(pipes.ours[1]);
    auto err = end_of<pipe_reader>(pipes.ours[2]);
    auto started = platform::spawn(*plan);
    if (!started) {
        return std::unexpected(std::move(started).error());
    }
    state->began(std::move(*started));
    child made = make_child(std::move(state));
    if (in && (out || err)) {
        endpoint_of(in)->watch_for(deadlock_watch::if_alone);
    }
    made.in = std::move(in);
    made.out = std::move(out);
    made.err = std::move(err);
    use_up(what.in_);
    use_up(what.out_);
    use_up(what.err_);
    for (command::named_end& given : what.given_) {
        use_up(given.end);
    }
    return made;
}

result<child> command::spawn() { return detail::access::spawn(*this, false); }

} // namespace windpipe
