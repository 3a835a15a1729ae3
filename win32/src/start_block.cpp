#include "start_block.hpp"

#include "descriptors.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr std::uint64_t magic_number = 0x31'74'72'61'74'73'77; // "wstart1"

void* map(int memory, std::size_t size) noexcept {
    return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
}

} // namespace

start_block::start_block(unique_handle memory, header* mapped, std::size_t size) noexcept
    : memory_(std::move(memory)), header_(mapped), size_(size) {}

start_block::~start_block() { (void)::munmap(header_, size_); }

std::shared_ptr<start_block> start_block::make(std::span<const handle_record> handles,
                                               const std::array<HANDLE, 3>& standard, const std::string& command_line) {
    const std::size_t size = sizeof(header) + handles.size_bytes() + command_line.size();
    unique_handle memory = park(unique_handle(::memfd_create("windpipe start", MFD_CLOEXEC)));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(size)) != 0) {
        return nullptr;
    }
    void* const mapped = map(memory.get(), size);
    if (mapped == MAP_FAILED) {
        return nullptr;
    }
    auto* const head = new (mapped) header{.magic = magic_number,
                                           .size = size,
                                           .process = 0,
                                           .has_ended = 0,
                                           .exit_code = 0,
                                           .handles = static_cast<std::uint32_t>(handles.size()),
                                           .standard = standard,
                                           .command_line = command_line.size(),
                                           .has_begun = 0,
                                           .unused = 0};
    auto* const behind = reinterpret_cast<std::byte*>(head + 1);
    if (!handles.empty()) {
        std::memcpy(behind, handles.data(), handles.size_bytes());
    }
    if (!command_line.empty()) {
        std::memcpy(behind + handles.size_bytes(), command_line.data(), command_line.size());
    }
    return std::shared_ptr<start_block>(new start_block(std::move(memory), head, size));
}

std::shared_ptr<start_block> start_block::take() {
    const char* const text = std::getenv(variable);
    if (text == nullptr) {
        return nullptr;
    }
    int number = -1;
    const char* const end = text + std::strlen(text);
    const bool is_number = std::from_chars(text, end, number).ptr == end && number > STDERR_FILENO;
    (void)::unsetenv(variable);
    struct stat about{};
    // A file of somebody else's that happens to have this number is no memory of this size, or has no such beginning.
    if (!is_number || ::fstat(number, &about) != 0 || static_cast<std::size_t>(about.st_size) < sizeof(header)) {
        return nullptr;
    }
    const auto size = static_cast<std::size_t>(about.st_size);
    void* const mapped = map(number, size);
    if (mapped == MAP_FAILED) {
        return nullptr;
    }
    auto* const head = static_cast<header*>(mapped);
    const std::size_t told =
        sizeof(header) + std::size_t{head->handles} * sizeof(handle_record) + std::size_t{head->command_line};
    if (head->magic != magic_number || head->size != size || told != size || head->process != ::getpid()) {
        (void)::munmap(mapped, size);
        return nullptr;
    }
    (void)::fcntl(number, F_SETFD, FD_CLOEXEC);
    return std::shared_ptr<start_block>(new start_block(unique_handle(number), head, size));
}

std::span<const handle_record> start_block::handles() const noexcept {
    return {reinterpret_cast<const handle_record*>(header_ + 1), header_->handles};
}

std::string start_block::command_line() const {
    const auto* const behind = reinterpret_cast<const char*>(header_ + 1) + handles().size_bytes();
    return {behind, header_->command_line};
}

void start_block::set_begun() noexcept { std::atomic_ref(header_->has_begun).store(1, std::memory_order_release); }

bool start_block::has_begun() const noexcept {
    return std::atomic_ref(header_->has_begun).load(std::memory_order_acquire) != 0;
}

void start_block::set_exit_code(DWORD code) noexcept {
    header_->exit_code = code;
    header_->has_ended = 1;
}

DWORD start_block::exit_code(DWORD status) const noexcept {
    constexpr DWORD kept = 0xff;
    return header_->has_ended != 0 && (header_->exit_code & kept) == status ? header_->exit_code : status;
}

} // namespace windpipe::win32
