#!/usr/bin/env python3
"""A public header brings in nothing but headers of windpipe and of the standard library: closed.py INCLUDE SOURCE COMPILER.

What the standard headers bring along themselves is not ours to decide (threads bring <unistd.h> on Linux). So the files
and macros that SOURCE ends up with are compared with those of a source that includes the same standard headers alone.
"""
import pathlib
import re
import subprocess
import sys


def run(compiler: str, source: str, *options: str) -> str:
    return subprocess.run([compiler, "-std=c++23", "-x", "c++", "-", *options], input=source, check=True, text=True,
                          capture_output=True).stdout


def files(compiler: str, source: str, *options: str) -> set[str]:
    rule = run(compiler, source, "-M", *options).replace("\\\n", " ")
    names = re.split(r"(?<!\\)\s+", rule.partition(":")[2].strip())
    return {str(pathlib.Path(name).resolve()) for name in names if name != "-"}


def macros(compiler: str, source: str, *options: str) -> set[str]:
    """Those of names that a program may use; the implementation's own depend on the order of its headers."""
    return set(re.findall(r"^#define (?!_[_A-Z])(\w+)", run(compiler, source, "-dM", "-E", *options), re.MULTILINE))


def standard_headers(ours: list[str]) -> list[str]:
    """What our headers include directly, beside each other."""
    named = {name for path in ours
             for name in re.findall(r"^\s*#\s*include\s*[<\"]([^>\"]+)", pathlib.Path(path).read_text(), re.MULTILINE)}
    return sorted(name for name in named if not name.startswith("windpipe/"))


def main() -> int:
    include, source_file, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    see = f"-I{include}"
    source = pathlib.Path(source_file).read_text()
    brought = files(compiler, source, see)
    ours = [name for name in brought if pathlib.Path(name).is_relative_to(include)]
    system = [name for name in standard_headers(ours) if "." in name or "/" in name]
    alone = "".join(f"#include <{name}>\n" for name in standard_headers(ours))
    strangers = sorted(brought - set(ours) - files(compiler, alone))
    poison = sorted(macros(compiler, source, see) - macros(compiler, alone))
    for name in system:
        print(f"included directly, but of no C++ standard: {name}")
    for name in strangers:
        print(f"not brought in by the standard headers: {name}")
    for name in poison:
        print(f"macro that no standard header defines: {name}")
    print(f"{len(ours)} headers of windpipe, {len(brought) - len(ours)} others")
    return 1 if system or strangers or poison or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
