#!/usr/bin/env python3
"""No file speaks of the machine or the folder it was written in: what is committed must make sense anywhere."""
import re

from sources import ROOT, files, finish

# Absolute folders of one machine, and words about the making instead of the thing.
WORDS = re.compile("|".join((
    r"(?<![\w./-])/(work|home|root|Users)/\w",
    r"(?<![\w./-])/tmp/(build|ccache|brief)",
    r"[A-Z]:\\Users\\",
    r"\b(AI|coding)[ -](agent|assistant|session)s?\b",
)), re.IGNORECASE)
SELF = "cmake/check/surroundings.py"

complaints = []
checked = [path for path in files() if str(path) != SELF and path.suffix != ".png"]
for path in checked:
    try:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        complaints.append(f"{path}: is not UTF-8 text")
        continue
    complaints += [f"{path}:{number}: {match[0]!r} is of the surroundings, not of the project"
                   for number, line in enumerate(lines, 1) for match in WORDS.finditer(line)]
finish(complaints, f"the words of {len(checked)} files")
