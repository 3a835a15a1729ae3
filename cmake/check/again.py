#!/usr/bin/env python3
"""Runs once more what failed: again.py BUILD_FOLDER PRESET

A test here waits for real processes on a machine that may be busy with others, so one assertion that fails once in some
thousand runs is told from one that always fails: the tests of a GoogleTest program that failed are run once more, and the
counts tell so. Not so a crash, a hang and what a sanitizer found: once is enough. But Wine itself crashes, hangs and loses
a program now and then, so under Wine these are tried again too. summary.py reads what the tests are now from
results-again/, and what became of the programs from results-again.xml.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from summary import Outcome, read_results, report_of, tests_of_program


def how_to_run(preset: str) -> dict[str, dict]:
    """ctest's own commands, environments and time limits."""
    shown = subprocess.run(["ctest", "--preset", preset, "--show-only=json-v1"], capture_output=True, check=True)
    return {test["name"]: test for test in json.loads(shown.stdout[shown.stdout.index(b"{"):])["tests"]}


def run_again(name: str, test: dict, folder: pathlib.Path) -> ElementTree.Element:
    properties = {each["name"]: each["value"] for each in test.get("properties", [])}
    environment = os.environ | dict(line.split("=", 1) for line in properties.get("ENVIRONMENT", []))
    command = test["command"]
    if part := report_of(name):
        program, report = part
        tests = tests_of_program(folder / "results" / report, program)
        failed = [test.split("/", 1)[1] for test, outcome in tests.items() if outcome.kind == "failed"]
        command = [*command, f"--gtest_output=xml:results-again/{report}"]
        if failed:
            command.append("--gtest_filter=" + ":".join(failed))
            environment = {key: value for key, value in environment.items() if not key.startswith("GTEST_")}
    case = ElementTree.Element("testcase", name=name, status="run")
    try:
        made = subprocess.run(command, env=environment, cwd=properties.get("WORKING_DIRECTORY", folder),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=properties.get("TIMEOUT"), check=False)
        output, failure = made.stdout, f"exit status {made.returncode}" if made.returncode else ""
    except subprocess.TimeoutExpired as late:
        output, failure = late.stdout or b"", "Timeout"
    # What XML cannot hold is left out.
    text = re.sub(r"[^\t\n -\ufffd]", "", output.decode(errors="replace"))
    ElementTree.SubElement(case, "system-out").text = text
    if failure:
        case.set("status", "fail")
        ElementTree.SubElement(case, "failure", message=failure)
    return case


SANITIZER = re.compile(r"\w+Sanitizer|runtime error:")


def deserves_another(name: str, outcome: Outcome, folder: pathlib.Path, is_wine: bool) -> bool:
    part = report_of(name)
    tests = tests_of_program(folder / "results" / part[1], part[0]) if part else {}
    if is_wine:  # also a program that left no results: under Wine one that crashes may end with status 0
        return outcome.kind == "failed" or part is not None and not tests
    return any(test.kind == "failed" for test in tests.values()) and not SANITIZER.search(outcome.output)


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    tests = how_to_run(sys.argv[2])
    results = read_results(folder / "results.xml")
    is_wine = sys.argv[2] == "windows"
    suite = ElementTree.Element("testsuite")
    for name in [name for name, outcome in results.items() if deserves_another(name, outcome, folder, is_wine)]:
        suite.append(run_again(name, tests[name], folder))
    ElementTree.ElementTree(suite).write(folder / "results-again.xml", encoding="utf-8", xml_declaration=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
