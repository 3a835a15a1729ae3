// process.hpp - processes: those we have started, and others.
#pragma once

#include "entry.hpp"
#include "start_block.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <sys/types.h>

namespace windpipe::win32 {

/// What the handles of one process share. It reaps a child of ours; one that still runs when nobody cares any more is
/// reaped in the background.
class process_state {
public:
    process_state(pid_t id, unique_handle pidfd, bool is_ours, std::shared_ptr<start_block> block) noexcept;
    ~process_state();
    process_state(const process_state&) = delete;
    process_state& operator=(const process_state&) = delete;

    [[nodiscard]] pid_t id() const noexcept { return id_; }
    [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }
    /// STILL_ACTIVE while it runs.
    [[nodiscard]] DWORD exit_code();
    /// Kills it, so that it will have ended with this code. *Returns*: the error.
    DWORD terminate(DWORD code);

    /// Waits for a child of the layer that has not come to its own code yet, some seconds at most.
    void await_begin() const noexcept;

    /// A child that was started suspended waits for a byte here.
    unique_handle starter;
    std::atomic<DWORD> suspended{0};
    /// Lets it run. *Returns*: how often it was suspended before.
    DWORD resume() noexcept;

private:
    [[nodiscard]] bool has_ended() const noexcept;
    DWORD ended_with(int how, int status) const noexcept;

    pid_t id_;
    unique_handle pidfd_;
    bool is_ours_;
    std::shared_ptr<start_block> block_;
    std::mutex guard_;
    std::optional<DWORD> code_;
    std::optional<DWORD> forced_;
};

/// A handle of a process, or of the first thread of one that we have started.
class process final : public entry {
public:
    process(kind what, unique_handle descriptor, ACCESS_MASK access, std::shared_ptr<process_state> state) noexcept
        : entry(what, std::move(descriptor), access), state_(std::move(state)) {}

    [[nodiscard]] process_state& state() const noexcept { return *state_; }
    [[nodiscard]] const std::shared_ptr<process_state>& shared_state() const noexcept { return state_; }
    /// Whether it is the calling process.
    [[nodiscard]] bool is_own() const noexcept;
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override;
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override;

private:
    std::shared_ptr<process_state> state_;
};

/// The state of a process that we know already, or have just opened.
std::shared_ptr<process_state> known_process(pid_t id);
void remember(const std::shared_ptr<process_state>& state);

/// An entry for a handle of the calling process.
std::unique_ptr<entry> own_process();

/// Tells whoever started us what we end with.
void set_own_block(std::shared_ptr<start_block> block) noexcept;
void report_exit(DWORD code) noexcept;

} // namespace windpipe::win32
