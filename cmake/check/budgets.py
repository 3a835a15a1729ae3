#!/usr/bin/env python3
"""The budgets of the sources: lines of a file, of a function and of the median file, and columns of a line."""
import re
import statistics
from pathlib import PurePosixPath

from sources import CODE, files, finish, text

FILE_LINES = 400
FUNCTION_LINES = 60
MEDIAN_LINES = 150
COLUMNS = 120

# Comments, and literals in all their forms: what they hold is no code.
OPAQUE = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])*\'',
                    re.DOTALL)
SCOPE = re.compile(r"^(inline\s+|export\s+)?(namespace|extern)\b|(^|[\s;>])(class|struct|union|enum)\s[^()=]*$")


def without_literals(source: str) -> str:
    """The code with comments and literals blanked, line by line."""
    return OPAQUE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)


def functions(source: str) -> list[tuple[int, int]]:
    """(first line, lines) of every function body that is not within another."""
    found = []
    scopes: list[tuple[str, int]] = []  # kind and first line of each open brace
    line = 1
    head = ""  # the code since the last brace or semicolon
    head_line = 1
    for character in re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m[0].count("\n"),
                            without_literals(source), flags=re.MULTILINE):
        if character == "{":
            outer = all(kind == "scope" for kind, _ in scopes)
            if SCOPE.search(head.strip()):
                kind = "scope"
            elif outer and ")" in head:
                kind = "function"
            else:
                kind = "block"
            scopes.append((kind, head_line))
        elif character == "}" and scopes:
            kind, first = scopes.pop()
            if kind == "function":
                found.append((first, line - first + 1))
        if character in "{};":
            head = ""
        elif head or not character.isspace():
            if not head:
                head_line = line
            head += character
        if character == "\n":
            line += 1
    return found


def check(path: PurePosixPath, source: str) -> list[str]:
    complaints = []
    lines = source.splitlines()
    if len(lines) > FILE_LINES:
        complaints.append(f"{path}: {len(lines)} lines, {FILE_LINES} are allowed")
    complaints += [f"{path}:{number}: {len(line)} columns, {COLUMNS} are allowed"
                   for number, line in enumerate(lines, 1) if len(line) > COLUMNS]
    complaints += [f"{path}:{first}: a function of {count} lines, {FUNCTION_LINES} are allowed"
                   for first, count in functions(source) if count > FUNCTION_LINES]
    return complaints


checked = files(*CODE)
sizes = []
found = []
for path in checked:
    source = text(path)
    sizes.append(len(source.splitlines()))
    found += check(path, source)
median = statistics.median(sizes)
if median >= MEDIAN_LINES:
    found.append(f"the median file has {median} lines, it should have fewer than {MEDIAN_LINES}")
finish(found, f"the budgets of {len(checked)} files; the median has {median:g} lines, the largest {max(sizes)}")
