#!/usr/bin/env python3
"""The reference is made by Doxygen without a warning, into build/docs."""
import pathlib
import subprocess

from sources import ROOT, finish

output = ROOT / "build" / "docs"
output.mkdir(parents=True, exist_ok=True)
settings = (ROOT / "docs" / "Doxyfile").read_text(encoding="utf-8")
# Where it goes and that warnings count is not for the file to decide.
settings += f"\nOUTPUT_DIRECTORY = {output}\nQUIET = YES\nWARNINGS = YES\nWARN_AS_ERROR = NO\n"
done = subprocess.run(["doxygen", "-"], cwd=ROOT, input=settings, capture_output=True, text=True)
complaints = [line for line in done.stderr.splitlines() if line.strip()]
if done.returncode != 0 and not complaints:
    complaints = [f"doxygen failed with {done.returncode}"]
finish(complaints, f"the reference in {output.relative_to(pathlib.Path(ROOT))}")
