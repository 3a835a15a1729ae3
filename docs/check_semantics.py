#!/usr/bin/env python3
"""semantics.md names tests that exist, and every test that carries the number of a statement stands under it."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmake" / "check"))
from sources import files, finish, text  # noqa: E402

DOCUMENT = pathlib.PurePosixPath("docs/semantics.md")

# TEST(suite, name), TEST_P, PIPE_TEST and the like; and what examples/CMakeLists.txt adds.
tests = {f"{suite}.{name}" for path in files("tests/*.cpp")
         for suite, name in re.findall(r"^\s*[A-Z_]*TEST[A-Z_]*\(\s*(\w+)\s*,\s*(\w+)\s*\)", text(path), re.MULTILINE)}
tests |= {f"example/{name}" for name in re.findall(r"^\s*windpipe_example_test\((\w+)",
                                                   text(pathlib.PurePosixPath("examples/CMakeLists.txt")), re.MULTILINE)}

complaints = []
named = {}  # each test in the list of a section, and the statements under whose headings it stands
statement = None
for number, line in enumerate(text(DOCUMENT).splitlines(), 1):
    if line.startswith("#"):
        heading = re.match(r"### (S\d+):", line)
        statement = heading[1] if heading else None
    if not re.match(r"- |  `", line):
        continue
    for name in re.findall(r"`(\w+\.\w+|example/\w+)`", line):
        named.setdefault(name, set()).add(statement)
        if name not in tests:
            complaints.append(f"{DOCUMENT}:{number}: there is no test {name}")
for name in sorted(tests):
    carried = re.search(r"\.(S\d+)_", name)
    if carried and carried[1] not in named.get(name, set()):
        complaints.append(f"{DOCUMENT}: {name} is missing under {carried[1]}")
finish(complaints, f"{len(named)} tests in {DOCUMENT}")
