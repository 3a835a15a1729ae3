#include "named_pipe.hpp"

#include <array>
#include <mutex>

namespace windpipe::platform {

namespace {

/// The user whom a process runs as.
struct user_of_process {
    TOKEN_USER user;
    std::array<std::byte, SECURITY_MAX_SID_SIZE> sid;

    BOOL ask(HANDLE process) noexcept {
        HANDLE token = nullptr;
        if (!sys::open_process_token(process, &token)) {
            return FALSE;
        }
        const unique_handle owner(token);
        return sys::get_token_user(token, this, sizeof *this);
    }
};

class for_this_user {
public:
    /// Made once for the process.
    static result<SECURITY_ATTRIBUTES> attributes() {
        static std::mutex mutex;
        static for_this_user made;
        const std::scoped_lock lock(mutex);
        if (!made.ready_) {
            if (!made.prepare()) {
                return sys::failed("make pipe");
            }
            made.ready_ = true;
        }
        return SECURITY_ATTRIBUTES{sizeof(SECURITY_ATTRIBUTES), &made.descriptor_, FALSE};
    }

private:
    BOOL prepare() noexcept {
        return user_.ask(::GetCurrentProcess()) && ::InitializeAcl(&list_.header, sizeof list_, ACL_REVISION) &&
               ::AddAccessAllowedAce(&list_.header, ACL_REVISION, GENERIC_ALL, user_.user.User.Sid) &&
               ::InitializeSecurityDescriptor(&descriptor_, SECURITY_DESCRIPTOR_REVISION) &&
               ::SetSecurityDescriptorDacl(&descriptor_, TRUE, &list_.header, FALSE);
    }

    user_of_process user_{};
    struct {
        ACL header;
        std::array<std::byte, sizeof(ACCESS_ALLOWED_ACE) + SECURITY_MAX_SID_SIZE> entry;
    } list_{};
    SECURITY_DESCRIPTOR descriptor_{};
    bool ready_ = false;
};

/// A name nobody can guess: 128 random bits. In LOCAL\, where programs in an AppContainer may make pipes too.
result<std::wstring> new_name() {
    std::array<unsigned char, 16> random{};
    if (!sys::random_bytes(random.data(), sizeof random)) {
        return sys::failed("make pipe");
    }
    std::wstring name = L"\\\\.\\pipe\\LOCAL\\windpipe-";
    for (const unsigned char byte : random) {
        constexpr std::wstring_view digits = L"0123456789abcdef";
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
    }
    return name;
}

} // namespace

result<SECURITY_ATTRIBUTES> for_this_user_alone() { return for_this_user::attributes(); }

result<bool> is_of_this_user(HANDLE process) {
    user_of_process whose{};
    user_of_process ours{};
    if (!whose.ask(process) || !ours.ask(::GetCurrentProcess())) {
        return sys::failed("redeem");
    }
    return ::EqualSid(whose.user.User.Sid, ours.user.User.Sid) != FALSE;
}

// The ends get the rights that CreatePipe gives, which are more than "generic" ones: an information call needs
// FILE_READ_ATTRIBUTES on the write end too, and programs set the mode of their standard input, which needs
// FILE_WRITE_ATTRIBUTES. CreateNamedPipeW cannot be asked for these, hence the duplex server and its duplicate with
// less.
result<raw_pipe> create_named_pipe(DWORD capacity, local_end local) {
    constexpr DWORD read_end = FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES;
    constexpr DWORD write_end = FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES;
    const auto name = new_name();
    if (!name) {
        return std::unexpected(name.error());
    }
    auto security = for_this_user::attributes();
    if (!security) {
        return std::unexpected(std::move(security).error());
    }
    const unique_handle server = sys::create_named_pipe(
        name->c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, capacity, &*security);
    if (!server) {
        return sys::failed("make pipe");
    }
    const bool local_reads = local == local_end::reader;
    unique_handle other = sys::create_file(name->c_str(), local_reads ? write_end : read_end, 0, OPEN_EXISTING);
    if (!other) {
        return sys::failed("make pipe");
    }
    unique_handle mine = sys::duplicate_handle(server.get(), false, local_reads ? read_end : write_end);
    if (!mine) {
        return sys::failed("make pipe");
    }
    return local_reads ? raw_pipe{std::move(mine), std::move(other)} : raw_pipe{std::move(other), std::move(mine)};
}

} // namespace windpipe::platform
