#!/usr/bin/env python3
"""The Debian package installs into an empty root, and its program runs there, without a library: package.py PACKAGE (as root).
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from sources import finish

PAGES = ("usr/share/man/man1/windpipe.1", "usr/share/bash-completion/completions/windpipe",
         "usr/share/zsh/vendor-completions/_windpipe", "usr/share/fish/vendor_completions.d/windpipe.fish",
         "usr/share/windpipe/windpipe.ps1", "usr/share/doc/windpipe/copyright")
# The words of the command line, its status, a part of what it prints. The only program there is windpipe itself.
RUNS = ((["--version"], 0, "windpipe"),
        (["run", "--table", "never", "/usr/bin/windpipe", "help", "man", "::", "/usr/bin/windpipe", "run", "--table",
          "never", "/usr/bin/windpipe", "--version"], 0, "windpipe"),
        (["run", "no-such-program"], 127, ""),
        (["snapshot", "1"], 125, ""))  # no /proc


def install(package: pathlib.Path, root: pathlib.Path) -> None:
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    subprocess.run(["dpkg", f"--root={root}", "--log=/dev/null", "-i", package], check=True, capture_output=True, text=True)


def complaints_of(package: pathlib.Path, root: pathlib.Path) -> list[str]:
    install(package, root)
    complaints = [f"{page} is not in the package" for page in PAGES if not (root / page).is_file()]
    for words, status, printed in RUNS:
        done = subprocess.run(["/usr/bin/windpipe", *words], preexec_fn=lambda: os.chroot(root), cwd="/", env={},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != status or printed not in done.stdout:
            complaints.append(f"windpipe {' '.join(words)}: status {done.returncode} instead of {status}: "
                              f"{done.stdout}{done.stderr}")
    return complaints


made = pathlib.Path(sys.argv[1]).resolve()
with tempfile.TemporaryDirectory() as folder:
    try:
        found = complaints_of(made, pathlib.Path(folder))
    except subprocess.CalledProcessError as failed:
        found = [f"{made.name}: {failed.stderr}"]
finish(found, f"{made.name}, {made.stat().st_size} bytes, {len(RUNS)} runs in an empty root")
