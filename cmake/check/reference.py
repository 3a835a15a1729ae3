#!/usr/bin/env python3
"""The reference is made by Doxygen without a warning, into build/docs, and no public member is without its words."""
import pathlib
import re
import subprocess

from sources import ROOT, finish

output = ROOT / "build" / "docs"
output.mkdir(parents=True, exist_ok=True)
settings = (ROOT / "docs" / "Doxyfile").read_text(encoding="utf-8")
# Where it goes and that warnings count is not for the file to decide.
settings += f"\nOUTPUT_DIRECTORY = {output}\nQUIET = YES\nWARNINGS = YES\nWARN_AS_ERROR = NO\n"
done = subprocess.run(["doxygen", "-"], cwd=ROOT, input=settings, capture_output=True, text=True)

# Members that say by their name and kind all there is to say: moving, assigning, what every container has, the forms
# for temporaries of members that are described, and what is not for users.
MEMBER = re.compile(r"warning: Member (?P<name>operator[^(]*|\w+)(?P<rest>.*) \((?P<kind>\w+)\) of \w+ (?P<scope>[\w:]+) is not documented")
OBVIOUS = {"operator=", "operator bool", "operator std::string_view", "what", "size", "empty", "data", "span", "state_"}


def needs_no_words(line: str) -> bool:
    member = MEMBER.search(line)
    if not member:
        return False
    is_move = re.fullmatch(r"\(\w+ &&other\) noexcept", member["rest"]) is not None
    of_temporary = member["rest"].endswith("&&")
    # An overload below a described one shares its words: Doxygen wants them at each.
    header = re.search(r"(\S+):(\d+): warning", line)
    above = pathlib.Path(header[1]).read_text(encoding="utf-8").splitlines()[: int(header[2]) - 1] if header else []
    overloads = re.search(rf"\b{re.escape(member['name'])}\(", " ".join(above[-2:])) is not None
    return member["name"] in OBVIOUS or is_move or of_temporary or overloads or "detail" in member["scope"]


complaints = [line for line in done.stderr.splitlines() if line.strip() and not needs_no_words(line)]
if done.returncode != 0 and not complaints:
    complaints = [f"doxygen failed with {done.returncode}"]
finish(complaints, f"the reference in {output.relative_to(pathlib.Path(ROOT))}")
