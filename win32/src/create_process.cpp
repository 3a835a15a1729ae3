#include "create_process.hpp"

#include "attribute_list.hpp"
#include "child_side.hpp"
#include "descriptors.hpp"
#include "inheritance.hpp"
#include "last_error.hpp"
#include "process.hpp"
#include "program.hpp"
#include "quoting.hpp"
#include "table.hpp"
#include "text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        list.push_back(const_cast<char*>(text.c_str())); // execve(2) does not write to them
    }
    list.push_back(nullptr);
    return list;
}

/// The child's environment. `block`: the variable that tells it of its block; empty: it has none.
std::vector<char*> variables(const process_request& request, std::string& block) {
    std::vector<char*> list;
    const auto add = [&](char* one) {
        constexpr std::string_view ours = start_block::variable;
        const std::string_view text = one;
        if (!text.starts_with(ours) || text.substr(ours.size(), 1) != "=") {
            list.push_back(one);
        }
    };
    if (request.environment) {
        for (const std::string& one : *request.environment) {
            add(const_cast<char*>(one.c_str())); // execve(2) does not write to them
        }
    } else {
        for (char** one = environ; *one != nullptr; ++one) {
            add(*one);
        }
    }
    if (!block.empty()) {
        list.push_back(block.data());
    }
    list.push_back(nullptr);
    return list;
}

bool is_directory(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

DWORD number_of_failure(const child_orders& orders) {
    return orders.failed_in_directory ? ERROR_DIRECTORY : error_of(orders.failed_code);
}

/// Makes the two handles of a process that runs already, of which `first` is a descriptor.
BOOL give_handles(const std::shared_ptr<process_state>& state, unique_handle first, const process_request& request,
                  PROCESS_INFORMATION& made) {
    HANDLE const process_handle = first ? install([&] {
        auto one = std::make_unique<process>(kind::process, std::move(first), PROCESS_ALL_ACCESS, state);
        one->flags = request.process_flags;
        return one;
    }())
                                        : nullptr;
    unique_handle second = duplicate(state->pidfd());
    HANDLE const thread_handle = second && process_handle != nullptr ? install([&] {
        auto one = std::make_unique<process>(kind::process_thread, std::move(second), THREAD_ALL_ACCESS, state);
        one->flags = request.thread_flags;
        return one;
    }())
                                                                     : nullptr;
    if (thread_handle == nullptr) { // nobody can hold it: it must not run
        (void)remove(process_handle);
        (void)state->terminate(ERROR_TOO_MANY_OPEN_FILES);
        return fail(ERROR_TOO_MANY_OPEN_FILES);
    }
    const auto id = static_cast<DWORD>(state->id());
    made = {process_handle, thread_handle, id, id};
    return TRUE;
}

struct starter {
    unique_handle child;
    unique_handle ours;
};

/// Where a suspended child waits.
bool make_starter(starter& made) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    made.child = park(unique_handle(ends[0]));
    made.ours = park(unique_handle(ends[1]));
    return true;
}

BOOL start(const process_request& request, const found_program& program, const std::string& line,
           inheritance& inherited, PROCESS_INFORMATION& made) {
    const auto block =
        program.is_of_layer ? start_block::make(inherited.records(), inherited.standard(), line) : nullptr;
    if (program.is_of_layer && block == nullptr) {
        return fail_with_errno();
    }
    std::vector<int> kept;
    if (block != nullptr) {
        kept = inherited.kept();
        kept.push_back(block->descriptor());
    }
    const std::vector<std::string> arguments = split_command_line(line);
    std::string told =
        block != nullptr ? start_block::variable + ('=' + std::to_string(block->descriptor())) : std::string();
    const std::vector<char*> argument_list = pointers(arguments);
    const std::vector<char*> variable_list = variables(request, told);
    const std::string directory = request.directory ? path_of(*request.directory) : std::string();
    const bool suspended = (request.flags & CREATE_SUSPENDED) != 0;
    starter wait;
    if (suspended && !make_starter(wait)) {
        return fail_with_errno();
    }
    child_orders orders{.program = program.path.c_str(),
                        .arguments = argument_list.data(),
                        .environment = variable_list.data(),
                        .directory = request.directory ? directory.c_str() : nullptr,
                        .streams = inherited.streams(),
                        .kept = kept.data(),
                        .kept_count = kept.size(),
                        .own_id = block != nullptr ? block->process() : nullptr,
                        .starter = wait.child.get(),
                        .own_group = (request.flags & CREATE_NEW_PROCESS_GROUP) != 0,
                        .failed_code = 0,
                        .failed_in_directory = false};
    int number = -1;
    const pid_t id = start_child(orders, number);
    if (id == -1) {
        return fail_with_errno();
    }
    unique_handle first(number);
    if (orders.failed_code != 0) {
        siginfo_t ended{};
        while (::waitid(P_PIDFD, static_cast<id_t>(first.get()), &ended, WEXITED) == -1 && errno == EINTR) {
        }
        return fail(number_of_failure(orders));
    }
    if (block != nullptr) {
        block->close_descriptor();
    }
    unique_handle pidfd = parked_copy(first.get());
    if (!pidfd) { // no descriptor is left for a handle
        pidfd = std::move(first);
    }
    const auto state = std::make_shared<process_state>(id, std::move(pidfd), true, block);
    state->starter = std::move(wait.ours);
    state->suspended = suspended ? 1 : 0;
    remember(state);
    return give_handles(state, std::move(first), request, made);
}

} // namespace

BOOL create_process(const process_request& request, PROCESS_INFORMATION& made) {
    if (!request.application && !request.command_line) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    const std::string line = request.command_line ? *request.command_line : joined_command_line({*request.application});
    const found_program program = find_program(request.application ? &*request.application : nullptr, line);
    if (program.error != 0) {
        return fail(program.error);
    }
    if (request.directory && !is_directory(path_of(*request.directory))) {
        return fail(ERROR_DIRECTORY);
    }
    inheritance inherited;
    if (const DWORD code = inherited.collect(request); code != 0) {
        return fail(code);
    }
    return start(request, program, line, inherited, made);
}

} // namespace windpipe::win32
