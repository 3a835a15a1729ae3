#!/usr/bin/env python3
"""win32-rows.md names every row without a gap; each has a test that bears its number, or says why there is none."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmake" / "check"))
from sources import files, finish, text  # noqa: E402

DOCUMENT = pathlib.PurePosixPath("docs/win32-rows.md")

tested = {f"{section}.{row}" for path in files("tests/win32_parity/*.cpp")
          for section, row in re.findall(r"^TEST\(win32_rows, row_(\d+)_(\d+h?)_", text(path), re.MULTILINE)}
complaints = []
listed = {}
for number, line in enumerate(text(DOCUMENT).splitlines(), 1):
    row = re.match(r"\| (\d+\.\d+h?) \| (.+) \|$", line)
    if not row:
        continue
    listed[row[1]] = number
    if (row[1] in tested) == ("(no test: " in row[2]):
        complaints.append(f"{DOCUMENT}:{number}: row {row[1]} needs a test, or a reason why it has none, and not both")
    section, place = (int(part.rstrip("h")) for part in row[1].split("."))
    if place > 1 and f"{section}.{place - 1}" not in {name.rstrip("h") for name in listed}:
        complaints.append(f"{DOCUMENT}:{number}: there is no row before {row[1]}")
complaints += [f"tests/win32_parity: row {row} is not in {DOCUMENT}" for row in sorted(tested - set(listed))]
garbage = text(pathlib.PurePosixPath("tests/win32_parity/garbage_handles.cpp"))
for row in re.findall(r'deviation\{"([^"]+)"', text(pathlib.PurePosixPath("tests/win32_parity/deviations.cpp"))):
    if row not in tested and not re.search(rf"\b{row}\b", garbage):
        complaints.append(f"tests/win32_parity/deviations.cpp: {row} has no test")
finish(complaints, f"{len(listed)} rows, {len(tested)} with tests")
