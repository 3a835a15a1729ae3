#!/usr/bin/env python3
"""C++ in the documents is quoted from compiled examples, never typed: snippets.py [--fix].

A fence ```cpp follows a line `<!-- snippet: examples/NAME.cpp#TAG -->` and holds what stands in that file between the
lines `// [TAG]` and `// [/TAG]`, without its indentation. Without `#TAG` it holds the whole file.
"""
import re
import sys
import textwrap
from pathlib import PurePosixPath

from sources import ROOT, files, finish, text

# A marker or nothing, then a fence of any language, up to the fence's end.
FENCE = re.compile(r"(?:^<!-- snippet: (?P<source>\S+) -->\n)?^(?P<open>```(?P<language>[\w+-]*)[^\n]*)\n"
                   r"(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
COMPILED = {"cpp", "c++", "cxx", "cc"}


class Missing(Exception):
    pass


def region(reference: str) -> str:
    name, _, tag = reference.partition("#")
    if not (ROOT / name).is_file() or not name.startswith("examples/"):
        raise Missing(f"{name} is no file of examples/")
    source = text(PurePosixPath(name))
    if not tag:
        return source
    marked = re.findall(rf"^[ \t]*// \[{re.escape(tag)}\]\n(.*?)^[ \t]*// \[/{re.escape(tag)}\]$", source,
                        re.MULTILINE | re.DOTALL)
    if len(marked) != 1:
        raise Missing(f"{name} has {len(marked)} regions [{tag}], not one")
    # Marks of other regions within this one are no part of it.
    lines = [line for line in marked[0].splitlines(keepends=True) if not re.fullmatch(r"\s*// \[/?[\w-]+\]\s*", line)]
    return textwrap.dedent("".join(lines))


def examine(path: PurePosixPath, complaints: list[str]) -> tuple[str, int]:
    """The document as it should be, and how many quotes it has."""
    document = text(path)
    quotes = 0

    def corrected(match: re.Match[str]) -> str:
        nonlocal quotes
        where = f"{path}:{document.count(chr(10), 0, match.start()) + 1}"
        if match["source"] is None:
            if match["language"] in COMPILED:
                complaints.append(f"{where}: C++ that is quoted from no example; put <!-- snippet: ... --> above it")
            return match[0]
        quotes += 1
        try:
            body = region(match["source"])
        except Missing as problem:
            complaints.append(f"{where}: {problem}")
            return match[0]
        if match["body"] != body:
            complaints.append(f"{where}: differs from {match['source']}; ./dev docs --fix rewrites it")
        return f"<!-- snippet: {match['source']} -->\n{match['open']}\n{body}```"

    wanted = FENCE.sub(corrected, document)
    if document.count("<!-- snippet:") != quotes:
        complaints.append(f"{path}: a <!-- snippet: ... --> without its fence in the next line")
    return wanted, quotes


def main() -> None:
    fix = sys.argv[1:] == ["--fix"]
    complaints: list[str] = []
    total = 0
    documents = files("*.md")
    for path in documents:
        before = len(complaints)
        wanted, quotes = examine(path, complaints)
        total += quotes
        if fix and wanted != text(path):
            (ROOT / path).write_text(wanted, encoding="utf-8")
            complaints[before:] = [line for line in complaints[before:] if "./dev docs --fix" not in line]
            print(f"{path}: rewritten")
    finish(complaints, f"{total} quotes in {len(documents)} documents")


main()
