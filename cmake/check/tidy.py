#!/usr/bin/env python3
"""clang-tidy over the library and the command, for both systems: tidy.py BUILD_FOLDER.

BUILD_FOLDER has the compile_commands.json of Linux; the files of Windows are read with the headers of mingw-w64. A file
is not looked at again while it, the headers of ours that it includes, its command and the settings are what they were when
it was last found clean, in any checkout: that is remembered in ~/.cache/windpipe/tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from sources import ROOT, files, finish, includes

TIDY = "clang-tidy-19"
LOOKED_AT = ("src", "tool")
MINGW = "x86_64-w64-mingw32"
WINDOWS_FOLDERS = ("include", "src", "src/platform/gate", "tool")
CLEAN = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "windpipe/tidy"
KEPT = 30 * 24 * 3600  # seconds since a file was last found to be what it was
WINDOWS_DEFINITIONS = ("_WIN32_WINNT=0x0A00", "UNICODE", "_UNICODE", "NOMINMAX", "WIN32_LEAN_AND_MEAN")


def settings() -> bytes:
    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
    return version + (ROOT / ".clang-tidy").read_bytes()


def closure(path: pathlib.Path, seen: dict[pathlib.Path, bytes]) -> None:
    """Adds the file and the files of ours that it includes, through any number of steps."""
    if path in seen:
        return
    seen[path] = path.read_bytes()
    folders = [path.parent, ROOT / "include", ROOT / "src", ROOT / "src/platform/gate", ROOT / "tool"]
    for _, _, name in includes(seen[path].decode()):
        found = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if found:
            closure(found.resolve(), seen)


@dataclass(frozen=True)
class Job:
    """How clang-tidy is called for a source, and how that is compiled."""
    call: list[str]
    compiled: str


def linux_jobs(build: pathlib.Path, commands: pathlib.Path) -> dict[str, Job]:
    """By source. Of one that two targets compile, one way counts: clang-tidy would look at it in both."""
    entries = {entry["file"]: entry for entry in json.loads((build / "compile_commands.json").read_text())}
    once = {path: entry for path, entry in entries.items() if pathlib.Path(path).is_relative_to(ROOT)
            and pathlib.Path(path).relative_to(ROOT).parts[0] in LOOKED_AT}
    (commands / "compile_commands.json").write_text(json.dumps(list(once.values())))
    return {path: Job([TIDY, "--quiet", "-p", str(commands), path], entry["command"]) for path, entry in once.items()}


def windows_jobs() -> dict[str, Job]:
    # Clang knows the C headers of mingw-w64; which of the C++ libraries is ours (that of posix threads) it cannot know.
    compiler = f"{MINGW}-g++-posix"
    headers = subprocess.run([compiler, "-print-file-name=include"], check=True, capture_output=True, text=True).stdout
    library = f"{headers.strip()}/c++"
    flags = [f"--target={MINGW}", "-std=c++23", "-nostdinc++", "-isystem", library, "-isystem", f"{library}/{MINGW}",
             "-isystem", f"{library}/backward", *(f"-I{ROOT / folder}" for folder in WINDOWS_FOLDERS),
             *(f"-D{definition}" for definition in WINDOWS_DEFINITIONS)]
    sources = files("src/platform/windows/*.cpp", "tool/platform/windows/*.cpp", "tool/xray/windows/*.cpp")
    return {str(ROOT / path): Job([TIDY, "--quiet", str(ROOT / path), "--", *flags], " ".join(flags)) for path in sources}


def key(path: str, job: Job, common: bytes) -> str:
    sources: dict[pathlib.Path, bytes] = {}
    closure(pathlib.Path(path).resolve(), sources)
    digest = hashlib.sha256(common + job.compiled.replace(str(ROOT), "").encode())
    for source in sorted(sources):
        digest.update(str(source.relative_to(ROOT)).encode() + hashlib.sha256(sources[source]).digest())
    return digest.hexdigest()


def examine(job: Job, clean: pathlib.Path) -> list[str]:
    if clean.exists():
        clean.touch()
        return []
    done = subprocess.run(job.call, capture_output=True, text=True)
    if done.returncode == 0:
        clean.touch()
        return []
    return [done.stdout.strip() or done.stderr.strip()]


def main() -> None:
    build = pathlib.Path(sys.argv[1])
    commands = build / "tidy"
    for folder in (commands, CLEAN):
        folder.mkdir(parents=True, exist_ok=True)
    jobs = linux_jobs(build, commands) | windows_jobs()
    common = settings()
    marks = {path: CLEAN / key(path, job, common) for path, job in jobs.items()}
    for old in CLEAN.iterdir():
        if old.stat().st_mtime < time.time() - KEPT:
            old.unlink(missing_ok=True)
    # The longest first, so that no processor idles at the end.
    order = sorted(jobs, key=os.path.getsize, reverse=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: examine(jobs[path], marks[path]), order)
        complaints = [re.sub(rf"^{re.escape(str(ROOT))}/", "", text, flags=re.MULTILINE)
                      for found in results for text in found]
    finish(complaints, f"{len(jobs)} files by clang-tidy")


main()
