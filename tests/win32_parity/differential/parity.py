#!/usr/bin/env python3
"""Random programs of calls on pipes and handles, run by the Win32 layer and under Wine: every outcome must be the same.

parity.py [--programs N] [--calls N] [--seed N] --layer PROGRAM --wine COMMAND...

A difference that Wine is known for is left out by a rule with a reason; any other is shrunk, and printed as C++. Ends with
77 where the program of the layer is missing or older than the layer's sources, which only the preset asan builds.
"""
import argparse
import pathlib
import random
import select
import subprocess
import sys
import tempfile
import time

from cpp import as_cpp
from known import is_known
from making import Maker

BATCH = 200  # programs of one start: to start one takes Wine longer than to run it
SKIPPED = 77
LIMIT = 120  # seconds without an outcome: it waits for ever
SHORT_LIMITS = 1, 3  # the same here and under Wine, where a program is shrunk and many variants wait for ever


def outcomes_of(output):
    """What each call of each program gave."""
    outcomes = []
    for line in output.decode().replace("\r", "").splitlines():
        if line == "program":
            outcomes.append([])
        else:
            outcomes[-1].append(line)
    return outcomes


def output_of(command, text, limit):
    """What a command prints and how it ended: None if it was ended because it had printed nothing for so many seconds."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
        given.write(text.encode())
        given.seek(0)
        with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=complaints) as started:
            output = bytearray()
            while select.select([started.stdout], [], [], limit)[0]:
                some = started.stdout.read1()
                if not some:
                    code = started.wait()
                    complaints.seek(0)
                    return bytes(output), code, complaints.read().decode(errors="replace")
                output += some
            started.kill()
        return bytes(output), None, ""


def run(command, programs, limit=LIMIT):
    """What each call of each program gave; None for a program that waits for ever."""
    outcomes = []
    while len(outcomes) < len(programs):
        rest = programs[len(outcomes):]
        text = "".join("program\n" + "".join(line + "\n" for line in lines) for lines in rest)
        output, code, complaints = output_of(command, text, limit)
        if code is None:
            outcomes += outcomes_of(output.rpartition(b"program")[0]) + [None]
            continue
        some = outcomes_of(output)
        if code != 0 or len(some) != len(rest):
            raise SystemExit(f"parity: {command[0]} ended with {code} after {len(some)} of {len(rest)} programs:"
                             f" {complaints[-2000:]}")
        outcomes += some
    return outcomes


def difference(lines, layer, wine):
    """The first call whose outcomes differ, or None. That of a program that hangs on one side is the last."""
    if layer is None or wine is None:
        return None if layer is wine else len(lines) - 1
    for at, line in enumerate(lines):
        here, there = layer[at] if at < len(layer) else "-", wine[at] if at < len(wine) else "-"
        if here != there and not is_known(here, there):
            return at
    return None


def shrink(lines, differ, seconds=300):
    """Leaves out what is not needed for the difference, as far as it gets in this time. `differ`: which of some do."""
    size, end = len(lines) // 2, time.monotonic() + seconds
    while size > 0 and time.monotonic() < end:
        parts = [lines[at:at + size] for at in range(0, len(lines), size)]
        without = [sum(parts[:at] + parts[at + 1:], []) for at in range(len(parts))]
        needless = {at for at, differs in enumerate(differ(without)) if differs}
        all_gone = sum((part for at, part in enumerate(parts) if at not in needless), [])
        if not needless:
            size //= 2
        elif len(needless) > 1 and differ([all_gone])[0]:
            lines = all_gone
        else:
            lines = without[min(needless)]
    return lines


def explain(seed, lines, layer_and_wine, options):
    """Prints the shortest program that still differs."""
    layer, wine = layer_and_wine
    hangs = layer is None or wine is None

    def outcomes(some):
        """Those that wait for ever here are tried there only if that may be the difference."""
        here = run([options.layer], some, SHORT_LIMITS[0])
        tried = [each for each, outcome in zip(some, here) if hangs or outcome is not None]
        there = iter(run(options.wine, tried, SHORT_LIMITS[1]))
        return [(each, outcome, next(there) if hangs or outcome is not None else None) for each, outcome in zip(some, here)]

    short = shrink(lines, lambda some: [difference(*each) is not None for each in outcomes(some)])
    short, layer, wine = outcomes([short])[0]
    at = difference(short, layer, wine)
    at = len(short) - 1 if at is None else at  # it does not differ each time
    print(f"program {seed} of {options.calls} calls: the layer and Wine differ in the last call of\n")
    print(as_cpp(short[:at + 1]))
    print("call, counts and bytes, value, last error:")
    for name, outcome in (("layer", layer), ("Wine ", wine)):
        print(f"    {name}: {'does not end' if outcome is None else (outcome + ['-'])[at]}")


def compare(seeds, options):
    """How many calls were compared, or None if there was a difference."""
    programs = [Maker(random.Random(seed), options.calls).lines for seed in seeds]
    for seed, lines, here, there in zip(seeds, programs, run([options.layer], programs), run(options.wine, programs)):
        if here is None and there is None:
            raise SystemExit(f"parity: program {seed} waits for ever, here and there: the generator is wrong")
        if difference(lines, here, there) is None:
            continue
        options.again += 1  # Wine loses a process now and then
        again = run([options.layer], [lines])[0], run(options.wine, [lines])[0]
        at = difference(lines, *again)
        if at is not None:
            explain(seed, lines[:at + 1], again, options)
            return None
    return sum(map(len, programs))


def why_not(layer):
    """Why the layer's program cannot be run, or None."""
    if not layer.exists():
        return f"there is no {layer}: ./dev test asan builds it"
    sources = (pathlib.Path(__file__).resolve().parents[3] / "win32").rglob("*.[ch]*")
    if layer.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        return f"{layer} is older than the sources of the layer: ./dev test asan builds it"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layer", required=True)
    parser.add_argument("--wine", nargs="+", required=True)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    reason = why_not(pathlib.Path(options.layer))
    if reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    calls = options.again = 0
    end = options.seed + options.programs
    for first in range(options.seed, end, BATCH):
        done = compare(range(first, min(first + BATCH, end)), options)
        if done is None:
            sys.exit(1)
        calls += done
    print(f"{options.programs} programs, {calls} calls: every outcome the same; {options.again} programs were run a second time")


main()
