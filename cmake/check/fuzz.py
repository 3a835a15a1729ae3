#!/usr/bin/env python3
"""A fuzz target of tests/fuzz runs for a while without a finding: fuzz.py BUILD_FOLDER NAME [SECONDS].

The target is tests/fuzz/NAME.cpp with the pure code of src/core, built with libFuzzer and sanitizers. What it has found
worth keeping stays in BUILD_FOLDER/fuzz/NAME and is where the next run begins.
"""
import pathlib
import re
import subprocess
import sys

from sources import ROOT, finish

COMPILER = "clang++-19"
CODE = ("byte_queue.cpp", "frames.cpp", "lines.cpp")  # of src/core
FLAGS = ("-std=c++23", "-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=fuzzer,address,undefined",
         "-fno-sanitize-recover=all", f"-I{ROOT / 'include'}")
LARGEST_INPUT = 4096 + 1024  # more than a head may have

build, name = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 60
folder = build / "fuzz" / name
corpus = folder / "corpus"
corpus.mkdir(parents=True, exist_ok=True)
program = folder / name

sources = [ROOT / "tests/fuzz" / f"{name}.cpp", *(ROOT / "src/core" / file for file in CODE)]
compiled = subprocess.run([COMPILER, *FLAGS, *map(str, sources), "-o", str(program)], capture_output=True, text=True)
if compiled.returncode != 0:
    finish([compiled.stderr], f"tests/fuzz/{name}.cpp")

run = subprocess.run([program, f"-max_total_time={seconds}", f"-max_len={LARGEST_INPUT}", "-timeout=10",
                      f"-artifact_prefix={folder}/", *(f"-dict={path}" for path in (ROOT / "tests/fuzz").glob(f"{name}.dict")),
                      corpus], capture_output=True, text=True, errors="replace")
runs = re.search(r"^Done (\d+) runs", run.stderr, re.MULTILINE)
failed = run.returncode != 0 or runs is None
finish([f"tests/fuzz/{name}.cpp:\n" + "\n".join(run.stderr.splitlines()[-60:])] if failed else [],
       f"{runs[1] if runs else 'an unknown number of'} inputs for tests/fuzz/{name}.cpp")
