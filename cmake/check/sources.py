"""What the checks have in common: which files there are, and how a complaint is said."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = ("*.cpp", "*.hpp")


def files(*patterns: str) -> list[pathlib.PurePosixPath]:
    """The files of the project, relative to its root: what git tracks, and what is new and not ignored."""
    # A checkout of another user is read, never run by git: safe.directory guards against what is not done here.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted({pathlib.PurePosixPath(name) for name in listed.split("\0") if name and (ROOT / name).is_file()})


def text(path: pathlib.PurePosixPath) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def includes(source: str) -> list[tuple[int, str, str]]:
    """(line, '<' or '"', name) of every #include."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            found.append((number, match[1], match[2]))
    return found


def finish(complaints: list[str], checked: str) -> None:
    """Ends the script: the complaints and status 1, or what has been checked and status 0."""
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints; checked: {checked}")
    sys.exit(1 if complaints else 0)
