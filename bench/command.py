#!/usr/bin/env python3
"""What the command costs: `windpipe run` beside dash, watched beside unwatched, its exact mode beside pv and mbuffer.

Each question has two sides or more, which take turns; what is told is the median of the ratios to the first side in the
same round, the least and the greatest. A ratio of two runs that follow each other hardly depends on what else the
machine does.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import time


def seconds(line: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def compare(name: str, sides: dict[str, list[str]], rounds: int) -> dict:
    """Runs the sides in turns. The first is what the others are held against."""
    for line in sides.values():
        seconds(line)  # once, so that programs and libraries are in memory
    times: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        for side in order:
            times[side].append(seconds(sides[side]))
    base, *others = times
    print(f"{name}\n  {base}: {statistics.median(times[base]) * 1e3:.1f} ms")
    found = {"question": name, "base": base, "seconds": times, "ratios": {}}
    for side in others:
        ratios = [each / first for each, first in zip(times[side], times[base])]
        found["ratios"][side] = [statistics.median(ratios), min(ratios), max(ratios)]
        print(f"  {side}: x{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")
    return found


def questions(windpipe: str, quick: bool) -> list[tuple[str, dict[str, list[str]], int]]:
    dash = ["dash", "-c"]
    size, compressed = ("200M", "20M") if quick else ("4G", "60M")
    copy = [["head", "-c", size, "/dev/zero"], ["cat"], ["wc", "-c"]]
    squeeze = [["head", "-c", compressed, "/dev/urandom"], ["gzip", "-1"], ["wc", "-c"]]

    def shell(stages):
        return dash + [" | ".join(" ".join(stage) for stage in stages)]

    def run(stages, *options):
        line = [windpipe, "run", "--table=never", *options]
        for at, stage in enumerate(stages):
            line += (["--"] if at == 0 else ["::"]) + stage
        return line

    def between(stages, what):
        return [each for stage in stages[:-1] for each in (stage, what)] + stages[-1:]

    relays = {"pv": ["pv", "-q"], "mbuffer": ["mbuffer", "-q"]}
    true = [["/bin/true"]] * 3  # not the one that a shell has built in
    reps = 5 if quick else 15
    found = [("three stages that end at once", {"dash": shell(true), "windpipe run": run(true)}, 20 if quick else 200)]
    for kind, stages in (("copying", copy), ("compressing", squeeze)):
        found.append((f"{kind}: not watched and watched",
                      {"windpipe run": run(stages), "windpipe run --xray": run(stages, "--xray"), "dash": shell(stages)},
                      reps))
        sides = {"windpipe run --exact": run(stages, "--exact")}
        for name, line in relays.items():
            if shutil.which(name):
                sides[f"{name} in its places"] = shell(between(stages, line))
            else:
                print(f"{name} is absent: it is not installed")
        found.append((f"{kind}: what passes the bytes on", sides, reps))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windpipe", required=True, help="the program, built for release")
    parser.add_argument("--json", help="where the times go to")
    parser.add_argument("--quick", action="store_true", help="little data: does it work?")
    options = parser.parse_args()
    if shutil.which("dash") is None:
        print("dash is not installed: there is nothing to compare with", file=sys.stderr)
        return 1
    found = [compare(*each) for each in questions(options.windpipe, options.quick)]
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


sys.exit(main())
