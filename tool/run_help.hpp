// run_help.hpp - what the help of `windpipe run` says below its options.
#pragma once

namespace windpipe_tool {

inline constexpr auto run_summary = "Run programs joined by pipes, and report on each of them";

inline constexpr auto run_usage = "windpipe run [options] [--] program args :: program args ...\n"
                                  "       windpipe run [options] -c 'program args | program args > file'";

inline constexpr auto run_explanation =
    R"(A stage is a program and its arguments; the word '::' stands between two of them.
The first word that is not an option begins stage 1, and so does '--': from there on
every word belongs to the stages, unchanged. No shell is involved: quotes, '|', '>'
and '*' mean nothing here. A stage that needs '::' as an argument: choose another
word with --sep.

-c and --file take the pipeline as a text: words, '...' and "..." around what is one
word, '|' between two stages, '< file' in the first, '> file' or '>> file' in the last,
'2> file', '2>> file' and '2>&1' in each. A line may end in front of or behind a '|';
'#' begins a comment. Anything else that a shell would act on, such as variables,
wildcards, '&' and ';', is an error which names the place.

Standard input goes to the first stage, standard output comes from the last one, and
nothing of windpipe's own is mixed in: its table and messages go to standard error.
"<=" before a memory size: it may be windpipe's own, which a stage starts from (Linux).

--live draws on the terminal that standard error is, if the output goes elsewhere; what
the stages say there is kept meanwhile, with their names in front. Where no picture can
be drawn it writes a line every second (Linux).

Signals (Linux): INT, TERM, HUP and QUIT are passed on to the stages and all that they
have started; when these have ended, windpipe reports and ends by the same signal. A
second Ctrl-C kills them. TSTP and CONT are passed on; USR1 shows what goes on.
Windows: the first Ctrl-C is left to the stages, the second kills them.
If windpipe itself is killed, its stages are killed with it.

Exit status:
  0        every stage succeeded
  1-255    that of the rightmost stage that failed: its exit code, or 128+N when
           signal N killed it (Windows codes above 255 count as 1)
  124      the time was over, or with --stall-kill nothing moved: the stages have
           ended when asked to; 137 if they had to be killed, as always on Windows
  125      windpipe was called wrongly, or failed itself
  126      the program of a stage cannot be executed
  127      the program of a stage was not found
A stage that ended because the next one had closed its pipe (Linux: SIGPIPE killed it)
did not fail if all later stages succeeded: they had enough.
With --status=strict it did fail; with --status=last only the last stage counts.
If a stage cannot be started, those already started are killed.

Examples:
  windpipe run seq 1 1000000 :: gzip -9 :: wc -c
  windpipe run --sep THEN -- sort -u words.txt THEN head -3
  windpipe run -c 'sort -u < words.txt | head -3 > first.txt'
)";

} // namespace windpipe_tool
