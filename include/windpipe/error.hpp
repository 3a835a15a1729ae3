// error.hpp - the one channel by which every windpipe call reports failure.
//
// Start here: every function that can fail returns result<T>. Nothing in the library throws, except or_throw(),
// which you call when you prefer exceptions.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace windpipe {

/// What went wrong, in which step, with what, and how far it got.
///
/// `code` keeps the system's own value. The events a caller can act on compare equal to the same `std::errc` on both
/// systems: `broken_pipe`, `timed_out`, `operation_canceled`, `no_such_file_or_directory`, `permission_denied`,
/// `too_many_files_open`, `not_enough_memory`, `argument_list_too_long`, `bad_file_descriptor`, `invalid_argument`.
struct error {
    std::error_code code;        ///< the system's own code
    std::string_view operation;  ///< the failed step, a string literal: "write", "exec", "open stdout"
    std::string context = {};    ///< with what it failed (a path, a number) and, where there is one, the remedy
    std::size_t transferred = 0; ///< bytes moved by this call before it failed; they are not lost

    /// One line for a person: step, what, reason and remedy. Allocates.
    [[nodiscard]] std::string message() const;
};

/// A T, or the error that kept us from it.
template <class T>
using result = std::expected<T, error>;

/// The exception of or_throw(): a `std::system_error` whose `what()` is error::message().
class failure : public std::system_error {
public:
    /// Made by or_throw().
    explicit failure(error cause);

    /// The error it was made from.
    [[nodiscard]] const error& cause() const noexcept { return cause_; }
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    error cause_;
    std::string what_; // std::system_error would add the reason a second time
};

namespace detail {
[[noreturn]] void throw_failure(error cause);
} // namespace detail

/// The value of `outcome`, or an exception.
///
/// *Errors*: throws windpipe::failure, which is a `std::system_error` with the code and the full message.
template <class T>
T or_throw(result<T>&& outcome) {
    if (!outcome) {
        detail::throw_failure(std::move(outcome).error());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*outcome);
    }
}

} // namespace windpipe
