// agent_messages.hpp - what is said to an agent, and how descriptors travel with it.
#pragma once

#include "start_block.hpp"

#include <windpipe/handle.hpp>

#include <sys/socket.h>
#include <sys/un.h>

namespace windpipe::win32 {

enum class wish : std::uint32_t { take = 1, give = 2 };

struct agent_request {
    std::uint64_t magic = 0;
    wish what = wish::give;
    DWORD access = 0;  ///< give: as DuplicateHandle was asked
    DWORD options = 0; ///< give
    std::uint32_t unused = 0;
    HANDLE handle = nullptr; ///< give: which one
    handle_record record{};  ///< take: with the descriptors
};

struct agent_reply {
    DWORD code = 0; ///< an error of Windows; 0
    std::uint32_t unused = 0;
    HANDLE handle = nullptr; ///< take: its value here
    handle_record record{};  ///< give: with the descriptors
};

inline constexpr std::uint64_t agent_magic = 0x31'74'6e'65'67'61'77; // "wagent1"

/// A handle's own descriptor, and that of its pipe's page if it has one.
struct carried {
    unique_handle descriptor;
    unique_handle page;
};

/// The address of a process's agent. *Returns*: its length.
socklen_t agent_address(pid_t process, sockaddr_un& address) noexcept;

/// Whether the other side is of our user; with a process, whether it is that one.
bool is_trusted(int connection, pid_t process = 0) noexcept;

/// *Returns*: false if the other side is not there, or says nothing for some seconds.
bool send_message(int connection, const void* message, std::size_t size, int descriptor = -1, int page = -1) noexcept;
bool receive_message(int connection, void* message, std::size_t size, carried& with) noexcept;

} // namespace windpipe::win32
