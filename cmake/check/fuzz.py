#!/usr/bin/env python3
"""The fuzz targets of tests/fuzz run for a while without a finding: fuzz.py BUILD_FOLDER [--seconds N] [NAME...].

A target is tests/fuzz/NAME.cpp with the pure code of src/core and tool, built with libFuzzer and sanitizers; without names it is
all of them. As many run at a time as there are processors. What one has found worth keeping stays in
BUILD_FOLDER/fuzz/NAME and is where its next run begins.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess

from sources import ROOT, finish

COMPILER = "clang++-19"
TARGETS = ROOT / "tests/fuzz"
CODE = (*(ROOT / "src/core" / f"{name}.cpp" for name in (
            "byte_queue", "command_line", "environment", "frames", "given_ends", "lines", "offer_token")),
        ROOT / "tests/unit/windows_parsers.cpp", ROOT / "tool/grammar.cpp", ROOT / "tool/tokens.cpp")
FLAGS = ("-std=c++23", "-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=fuzzer-no-link,address,undefined",
         "-fno-sanitize-recover=all", *(f"-I{ROOT / folder}" for folder in ("include", "src", "tests", "tool")))
LARGEST_INPUT = 4096 + 1024  # more than the head of a frame may have


def compile_source(source: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    made = folder / f"{source.stem}.o"
    subprocess.run([COMPILER, *FLAGS, "-c", source, "-o", made], check=True, capture_output=True, text=True)
    return made


def run(name: str, common: list[pathlib.Path], build: pathlib.Path, seconds: int) -> tuple[str, int]:
    """What a target has to complain of, and how many inputs it has tried."""
    folder = build / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    program = folder / name
    target = compile_source(TARGETS / f"{name}.cpp", folder)
    subprocess.run([COMPILER, *FLAGS, "-fsanitize=fuzzer", target, *common, "-o", program], check=True,
                   capture_output=True, text=True)
    words = [f"-dict={path}" for path in TARGETS.glob(f"{name}.dict")]
    done = subprocess.run([program, f"-max_total_time={seconds}", f"-max_len={LARGEST_INPUT}", "-timeout=10",
                           f"-artifact_prefix={folder}/", *words, corpus],
                          capture_output=True, text=True, errors="replace")
    tried = re.search(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    if done.returncode != 0 or tried is None:
        return f"tests/fuzz/{name}.cpp:\n" + "\n".join(done.stderr.splitlines()[-60:]), 0
    return "", int(tried[1])


arguments = argparse.ArgumentParser()
arguments.add_argument("build", type=pathlib.Path)
arguments.add_argument("--seconds", type=int, default=int(os.environ.get("WINDPIPE_FUZZ_SECONDS", 20)))
arguments.add_argument("names", nargs="*")
given = arguments.parse_intermixed_args()
build_folder = given.build.resolve() / "fuzz"
build_folder.mkdir(parents=True, exist_ok=True)
names = given.names or sorted(path.stem for path in TARGETS.glob("*.cpp"))

complaints, inputs = [], {}
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    try:
        objects = list(pool.map(lambda source: compile_source(source, build_folder), CODE))
        outcomes = pool.map(lambda name: run(name, objects, build_folder, given.seconds), names)
        for target_name, (complaint, count) in zip(names, outcomes):
            complaints += [complaint] if complaint else []
            inputs[target_name] = count
    except subprocess.CalledProcessError as failed:
        complaints.append(failed.stderr)
finish(complaints, ", ".join(f"{count} inputs for {target_name}" for target_name, count in inputs.items()))
