#!/usr/bin/env python3
"""The page of a real run is whole, needs nothing else and has the numbers of its records.

check_page.py CHILDREN COMMAND... looks at the text; check_page.py --browser CHILDREN COMMAND... has a real Chromium draw
it. COMMAND is how windpipe is started, CHILDREN the folder of the programs that it starts.
"""
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
in_browser = sys.argv[1] == "--browser"
children, *windpipe = sys.argv[2 if in_browser else 1:]
path = children + os.pathsep + os.environ["PATH"]
wine_path = f"Z:{children}".replace("/", "\\")
on_wine = windpipe[-1].endswith(".exe")
STAGES = ["-N", "first", "-N", "</script><b>", "--", "flood", "3000000", "0", "::", "read_slowly", "60000", "20000", "::", "cat"]


def run(folder: str, *options: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run([*windpipe, "run", *options], input="", encoding="utf-8", capture_output=True, timeout=300,
                          env={**os.environ, "PATH": path, "WINEPATH": wine_path}, cwd=folder, **more)


class Reader(html.parser.HTMLParser):
    """The elements of a page: (name, attributes, text within)."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict, list[str]]] = []
        self.open: list[tuple[str, dict, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        element = (tag, dict(attributes), [])
        self.elements.append(element)
        if tag not in ("meta", "link"):
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element[2].append(data)

    def all(self, tag: str) -> list[tuple[dict, str]]:
        return [(attributes, "".join(text)) for name, attributes, text in self.elements if name == tag]

    def by_id(self, name: str) -> str:
        return next("".join(text) for _, attributes, text in self.elements if attributes.get("id") == name)


def page_of_a_run(folder: str) -> tuple[str, list[dict]]:
    done = run(folder, "--json", "records", "--report", "page.html", *STAGES)
    records = [json.loads(line) for line in pathlib.Path(folder, "records").read_text(encoding="utf-8").splitlines()]
    assert done.returncode == records[-1]["exit_status"], done
    return pathlib.Path(folder, "page.html").read_text(encoding="utf-8"), records


def check_text(text: str, records: list[dict]) -> None:
    page = Reader(text)
    assert json.loads(page.by_id("records")) == records, "the page holds other records than the file"
    assert text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>")
    assert page.all("html")[0][0]["lang"] == "en" and page.all("title")[0][1] and len(page.all("h1")) == 1
    assert len(page.all("main")) == 1 and page.all("noscript") and "prefers-color-scheme: dark" in text
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:|//)|@import|url\(", text), "it asks for another file"
    assert {each["href"] for each, _ in page.all("link")} == {"data:,"} and "default-src 'none'" in text
    assert len(page.all("script")) == 2, "a name has broken out of its place"


def check_whole_or_not_at_all(folder: str) -> None:
    old = pathlib.Path(folder, "old.html")
    old.write_text("old", encoding="utf-8")
    lost = run(folder, "--report", "no_such_folder/page.html", "cat")
    assert lost.returncode == 125 and "--report: 'no_such_folder/page.html'" in lost.stderr, lost
    run(folder, "--report", "old.html", "windpipe_no_such_program")
    check = Reader(old.read_text(encoding="utf-8"))
    assert json.loads(check.by_id("records"))[-1]["why"] == "not_started"
    if on_wine:
        return
    import resource
    old.write_text("old", encoding="utf-8")
    full = run(folder, "--report", "old.html", "cat", restore_signals=False,  # SIGXFSZ stays ignored: a write fails
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
    assert full.returncode == 125 and "the report 'old.html' is as it was: " in full.stderr, full
    assert old.read_text(encoding="utf-8") == "old" and len(list(pathlib.Path(folder).glob(".*"))) == 0
    disk = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=8k none . && "$@"; code=$?; ls -A "$PWD" | wc -l; exit $code']
    if os.geteuid() != 0 or subprocess.run(disk[:2] + ["true"], capture_output=True).returncode != 0:
        print("a really full disk was not tried: only root can make one")
        return
    small = pathlib.Path(folder, "small")
    small.mkdir()
    full = subprocess.run([*disk, "sh", *windpipe, "run", "--report", f"{small}/page.html", "true"], cwd=small,
                          encoding="utf-8", capture_output=True, timeout=300)
    assert full.returncode == 125 and "No space left on device" in full.stderr and full.stdout.strip() == "0", full


def draw(browser: str, folder: str, text: str) -> tuple[str, str]:
    """What the page is when its script has run, and what the browser said on its console."""
    probe = "<script>document.body.dataset.requests = performance.getEntriesByType('resource').length;</script>"
    file = pathlib.Path(folder, "drawn.html")
    file.write_text(text.replace("</body>", probe + "</body>"), encoding="utf-8")
    done = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                           f"--user-data-dir={folder}/profile", "--enable-logging=stderr", "--dump-dom", file.as_uri()],
                          encoding="utf-8", capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def check_drawn(drawn: str, console: str, records: list[dict]) -> None:
    assert not console, console
    page = Reader(drawn)
    assert page.all("body")[0][0]["data-requests"] == "0", "it has asked for another file"
    stages = [each for each in records if each["record"] == "stage"]
    pipes = [each for each in records if each["record"] == "pipe"]
    values = [each["value"] for each, _ in page.all("data")]
    told = lambda each: "null" if each is None else str(each)
    assert values[:2] == [str(records[-1]["wall_ns"]), str(records[-1]["exit_status"])], values
    names = ("wall_ns", "user_ns", "system_ns", "read_bytes", "written_bytes", "max_resident_bytes")
    assert values[2:2 + 6 * len(stages)] == [told(stage[name]) for stage in stages for name in names], values
    rest = values[2 + 6 * len(stages):]
    samples = [each for each in records if each["record"] == "sample"]
    for at, pipe in enumerate(pipes):
        looks = [each["pipes"][at]["moved_bytes"] for each in samples] + [pipe["moved_bytes"]]
        known = next((each for each in reversed(looks) if each is not None), None)
        assert rest[4 * at:4 * at + 4] == [told(each) for each in (pipe["capacity_bytes"], known, pipe["read_wait_ns"],
                                                                   pipe["write_wait_ns"])], (rest, pipe)
    verdict = records[-1]["verdict"]
    assert not verdict or verdict["why"] in page.by_id("verdict")
    assert "</script><b>" in page.by_id("stages") and not page.all("b"), "a name has become an element"
    drawings = page.all("svg")
    charts = [each for each, _ in drawings if each["role"] == "slider"]
    expected = 0 if len(samples) < 2 else 2 + (len(stages) if any("stages" in each for each in samples) else 0)
    assert len(charts) == expected and len(drawings) == expected + 1, (len(charts), expected)
    assert all(each["aria-label"] and each["aria-valuetext"] and each["tabindex"] == "0" for each in charts)
    assert "NaN" not in drawn.split('id="records"')[0] and "undefined" not in drawn.split('id="records"')[0]
    print(f"{len(stages)} stages, {len(pipes)} pipes, {len(samples)} looks: {len(drawings)} drawings, no request, "
          "nothing on the console, all numbers as in the records")


with tempfile.TemporaryDirectory() as folder:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if in_browser and browser is None:
        print("skipped: Chromium is not installed (Debian: chromium)")
        sys.exit(SKIPPED)
    text, records = page_of_a_run(folder)
    if in_browser:
        check_drawn(*draw(browser, folder, text), records)
    else:
        check_text(text, records)
        check_whole_or_not_at_all(folder)
        print("the page holds its records, and nothing of it comes from elsewhere")
