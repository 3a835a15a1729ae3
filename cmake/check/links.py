#!/usr/bin/env python3
"""Links of the documents to files and headings of the project lead somewhere, and so do names of files in comments."""
import re
import urllib.parse
from pathlib import PurePosixPath

from sources import ROOT, files, finish, text

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchors(document: str) -> set[str]:
    """The names that the headings of a document can be linked by, as GitHub makes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+\s+(.+?)\s*#*$", re.sub(r"^```.*?^```$", "", document, flags=re.M | re.S), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = 0
        while (name if not count else f"{name}-{count}") in found:
            count += 1
        found.add(name if not count else f"{name}-{count}")
    found.update(re.findall(r'<a (?:id|name)="([^"]+)"', document))
    return found


def check(path: PurePosixPath, complaints: list[str]) -> int:
    document = text(path)
    prose = CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), document)
    count = 0
    for match in LINK.finditer(prose):
        target = urllib.parse.unquote(match[1] or match[2])
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        count += 1
        where = f"{path}:{prose.count(chr(10), 0, match.start()) + 1}"
        name, _, anchor = target.partition("#")
        aim = (ROOT / path).parent / name if name else ROOT / path
        if not aim.resolve().is_relative_to(ROOT) or not aim.exists():
            complaints.append(f"{where}: {target} does not exist")
        elif anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text(encoding="utf-8")):
            complaints.append(f"{where}: {target}: no such heading")
    return count


# Files that a comment sends its reader to. A name that goes on with a variable or a wildcard is none.
NAMED = re.compile(r"(?<![\w/<>{}$.-])((?:docs|tests|examples|bench|cmake)(?:/[\w.-]+)*/[\w-]+(?:\.\w+)?)(?![\w/<>{}$*(-])")
COMMENT = re.compile(r"(?://|^\s*#(?!\s*include)|\s#\s).*", re.MULTILINE)


def check_comments(path: PurePosixPath, complaints: list[str]) -> int:
    source = text(path)
    count = 0
    for comment in COMMENT.finditer(source):
        for match in NAMED.finditer(comment[0]):
            count += 1
            if not (ROOT / match[1]).exists():
                complaints.append(f"{path}:{source.count(chr(10), 0, comment.start()) + 1}: {match[1]} does not exist")
    return count


complaints: list[str] = []
sources = files("*.cpp", "*.hpp", "*.py", "*.cmake", "*CMakeLists.txt", "dev", "bench/run", ".clang-*", "docs/Doxyfile")
named = sum(check_comments(path, complaints) for path in sources)
documents = files("*.md")
total = sum(check(path, complaints) for path in documents)
finish(complaints, f"{total} links within the project, in {len(documents)} documents; {named} names of files in comments")
