// grammar.hpp - a pipeline as text: 'a | b > f'. Explicitly no shell.
//
//   pipeline   = stage { "|" stage }
//   stage      = word { word | redirect }          a redirect may stand in front as well
//   redirect   = "<" word                          first stage only
//              | ( ">" | ">>" ) word               last stage only
//              | ( "2>" | "2>>" ) word | "2>&1"    any stage
//   word       = characters without a meaning, '...' (all as it stands), "..." (a backslash in front of " \ $ `)
//
// A backslash in front of a character that has a meaning, or could have one in a shell, takes that away; in front of
// any other outside of quotes it is an error, so that a path of Windows never loses one in silence. Blanks separate
// words. A line may end in front of or behind a "|"; "#" where a word could begin is a comment to the end of its line.
// All else that a shell would do something with is an error: variables, wildcards, "&", ";" and the like.
#pragma once

#include "plan.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace windpipe_tool {

/// What is wrong with a text, and where.
struct grammar_error {
    std::string message;
    std::size_t at = 0; ///< which byte of the text; its size: its end
};

/// Reads a pipeline.
///
/// *Returns*: at least one stage, each with at least a program.
std::expected<pipeline_plan, grammar_error> parse_pipeline(std::string_view text);

/// The line of `text` that holds the byte `at`, and a caret under it: two lines for people.
std::string show_place(std::string_view text, std::size_t at);

/// "line:column" of the byte `at`, from 1, in characters.
std::string name_place(std::string_view text, std::size_t at);

} // namespace windpipe_tool
