#!/usr/bin/env python3
"""./dev run ends as the command it builds, also where that fails, and leaves stdout to what is started."""
import subprocess
import sys

from sources import ROOT, finish

CASES = (
    # (arguments, status, a part of what is said on stderr)
    (["run"], 125, "run"),
    (["run", "--no-such-option", "--", "true"], 125, "--no-such-option"),
    (["run", "--", "windpipe_there_is_no_such_program"], 127, "windpipe_there_is_no_such_program"),
    (["run", "--", str(ROOT)], 126, str(ROOT)),
    (["no-such-verb"], 2, "./dev help"),
)

complaints = []


def start(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([ROOT / "dev", *arguments], cwd="/", stdin=subprocess.DEVNULL, capture_output=True)


for arguments, status, said in CASES:
    done = start(arguments)
    name = " ".join(["./dev", *arguments])
    if done.returncode != status:
        complaints.append(f"{name}: status {done.returncode} instead of {status}: {done.stderr.decode(errors='replace')}")
    if done.stdout:
        complaints.append(f"{name}: writes to stdout: {done.stdout!r}")
    if said.encode() not in done.stderr:
        complaints.append(f"{name}: does not say {said!r}, but: {done.stderr.decode(errors='replace')}")

# What is started has stdout and the status to itself.
done = start(["run", "--", "sh", "-c", "echo through; exit 3"])
if (done.stdout, done.returncode) != (b"through\n", 3):
    complaints.append(f"./dev run: {done.stdout!r} and status {done.returncode}, {done.stderr.decode(errors='replace')}")
finish(complaints, f"{len(CASES) + 1} starts of ./dev, on {sys.platform}")
