// without.cpp - runs a program as on a Linux that lacks some features: `without nosignal,clone3 PROGRAM ARGUMENTS...`
//
//   nosignal    preadv2 and pwritev2 refuse RWF_NOSIGNAL with EOPNOTSUPP (before Linux 6.18)
//   nowait      they refuse RWF_NOWAIT with EOPNOTSUPP (where the file cannot do it)
//   clone3      ENOSYS, as in many sandboxes
//   membarrier  EPERM, as in some
//   pidfdinfo   the ioctl PIDFD_GET_INFO: ENOTTY (before Linux 6.13)
//   pidfdgroup  pidfd_send_signal refuses PIDFD_SIGNAL_PROCESS_GROUP with EINVAL (before Linux 6.9)
//
// A filter of seccomp(2) does it, which children and threads inherit. Exits 126 when it cannot do what was asked.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint32_t rwf_nowait = 0x8;
constexpr std::uint32_t rwf_nosignal = 0x100;
constexpr std::uint32_t pidfd_signal_process_group = 0x4;
constexpr std::uint32_t pidfd_get_info = 0xFF0B; // type and number; the size above them grows with the kernel

#if defined(__x86_64__)
constexpr std::uint32_t this_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_architecture = AUDIT_ARCH_AARCH64;
#else
#error "add the AUDIT_ARCH value of this machine"
#endif

class filter {
public:
    filter() {
        load(offsetof(seccomp_data, arch));
        jump_unless_equal(this_architecture, 1);
        skip_over_next();
        answer(SECCOMP_RET_ALLOW); // reached by a jump only: another architecture's calls pass
    }

    /// `call` fails with `code`.
    void refuse(long call, int code) {
        load(offsetof(seccomp_data, nr));
        jump_unless_equal(static_cast<std::uint32_t>(call), 1);
        answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code));
    }

    /// `call` fails with `code` if its argument (the low half of it) has one of these bits.
    void refuse_bits(long call, std::size_t argument, std::uint32_t bits, int code) {
        load(offsetof(seccomp_data, nr));
        jump_unless_equal(static_cast<std::uint32_t>(call), 3);
        load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
        answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code));
    }

    /// `call` fails with `code` if the low 16 bits of its argument are these.
    void refuse_low_half(long call, std::size_t argument, std::uint32_t low, int code) {
        load(offsetof(seccomp_data, nr));
        jump_unless_equal(static_cast<std::uint32_t>(call), 4);
        load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
        program_.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xFFFF));
        jump_unless_equal(low, 1);
        answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code));
    }

    bool install() {
        answer(SECCOMP_RET_ALLOW);
        const sock_fprog whole{static_cast<unsigned short>(program_.size()), program_.data()};
        return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) == 0;
    }

private:
    void load(std::size_t offset) {
        program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
    }
    void jump_unless_equal(std::uint32_t value, std::uint8_t over) {
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, over));
    }
    void skip_over_next() { program_.push_back(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0)); }
    void answer(std::uint32_t value) { program_.push_back(BPF_STMT(BPF_RET | BPF_K, value)); }

    std::vector<sock_filter> program_;
};

bool take_away(filter& rules, std::string_view feature) {
    constexpr std::size_t flags = 5; // after fd, iov, iovcnt and the two halves of the position
    if (feature == "nosignal" || feature == "nowait") {
        const std::uint32_t bit = feature == "nosignal" ? rwf_nosignal : rwf_nowait;
        rules.refuse_bits(SYS_pwritev2, flags, bit, EOPNOTSUPP);
        rules.refuse_bits(SYS_preadv2, flags, bit, EOPNOTSUPP);
    } else if (feature == "clone3") {
        rules.refuse(SYS_clone3, ENOSYS);
    } else if (feature == "membarrier") {
        rules.refuse(SYS_membarrier, EPERM);
    } else if (feature == "pidfdgroup") {
        rules.refuse_bits(SYS_pidfd_send_signal, 3, pidfd_signal_process_group, EINVAL);
    } else if (feature == "pidfdinfo") {
        rules.refuse_low_half(SYS_ioctl, 1, pidfd_get_info, ENOTTY);
    } else {
        return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: without FEATURE[,FEATURE...] PROGRAM [ARGUMENT...]\n", stderr);
        return 126;
    }
    filter rules;
    std::string_view list = argv[1];
    while (!list.empty()) {
        const std::size_t end = list.find(',');
        if (!take_away(rules, list.substr(0, end))) {
            std::fprintf(stderr, "without: no feature in '%s' has this name\n", argv[1]);
            return 126;
        }
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
    }
    if (!rules.install()) {
        std::fprintf(stderr, "without: seccomp: %s\n", std::strerror(errno));
        return 126;
    }
    ::execvp(argv[2], argv + 2);
    std::fprintf(stderr, "without: %s: %s\n", argv[2], std::strerror(errno));
    return 126;
}
