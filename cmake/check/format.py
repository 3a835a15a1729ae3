#!/usr/bin/env python3
"""The layout of all C++ sources by .clang-format: format.py [--fix]."""
import subprocess
import sys

from sources import CODE, ROOT, files, finish

names = [str(path) for path in files(*CODE)]
mode = ["-i"] if sys.argv[1:] == ["--fix"] else ["--dry-run", "-Werror"]
done = subprocess.run(["clang-format-19", "--style=file", *mode, *names], cwd=ROOT, capture_output=True, text=True)
# The first place in each file is enough to see what it is about.
first = {line.split(":")[0]: line for line in reversed(done.stderr.splitlines()) if ": error: " in line}
complaints = sorted(first.values())
if done.returncode != 0 and not complaints:
    complaints = [done.stderr]
finish(complaints, f"the layout of {len(names)} files; ./dev format mends it")
