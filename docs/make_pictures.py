#!/usr/bin/env python3
"""Makes docs/live.svg and docs/report.png from a real run of the command: make_pictures.py WINDPIPE.

docs/live.svg is what stands on the screen of tmux while `windpipe run --live` runs, docs/report.png how Chromium draws the
page of `windpipe run --report`. Needs tmux and chromium.
"""
import html
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

DOCS = pathlib.Path(__file__).resolve().parent
STAGES = ["-N", "numbers", "-N", "squeeze", "-N", "count", "--", "seq", "1", "16000000", "::", "gzip", "-9", "::", "wc", "-c"]
SHOWN_AFTER = 5  # seconds
COLUMNS, ROWS, WIDTH, HEIGHT = 84, 12, 8.43, 19  # of a character in pixels, at 14 pixels


def screen_while(windpipe: str, socket: str) -> list[str]:
    def tmux(*words: str) -> str:
        return subprocess.run(["tmux", "-S", socket, *words], check=True, capture_output=True, text=True,
                              env=os.environ | {"LC_ALL": "C.UTF-8", "TERM": "xterm"}).stdout

    line = shlex.join([windpipe, "run", "--live", "-s", "133M", *STAGES]) + " >/dev/null"
    tmux("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "env", "LC_ALL=C.UTF-8", "sh", "-c", line)
    time.sleep(SHOWN_AFTER)
    seen = tmux("capture-pane", "-p")
    tmux("kill-server")
    return seen.rstrip().splitlines()


def drawn(lines: list[str]) -> str:
    width, height = round(COLUMNS * WIDTH) + 24, (len(lines) + 1) * HEIGHT + 16
    rows = [f'<text x="12" y="{(i + 1) * HEIGHT + 8}" xml:space="preserve">{html.escape(line)}</text>'
            for i, line in enumerate(lines)]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="14" '
                      'font-family="monospace" fill="#d8dee9" role="img" aria-label="A pipeline while it runs">',
                      f'<rect width="{width}" height="{height}" rx="6" fill="#1e2430"/>', *rows, "</svg>", ""])


def page_of(windpipe: str, folder: str) -> None:
    page = f"{folder}/run.html"
    subprocess.run([windpipe, "run", "--table", "never", "--report", page, *STAGES], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    f"--user-data-dir={folder}/browser", "--window-size=1000,1150", f"--screenshot={DOCS}/report.png",
                    f"file://{page}"], check=True, capture_output=True)


with tempfile.TemporaryDirectory() as temporary:
    command = str(pathlib.Path(sys.argv[1]).resolve())
    (DOCS / "live.svg").write_text(drawn(screen_while(command, f"{temporary}/tmux")), encoding="utf-8")
    page_of(command, temporary)
