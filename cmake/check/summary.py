#!/usr/bin/env python3
"""Counts what ctest found: summary.py BUILD_FOLDER PRESET...

Reads results.xml (JUnit, by ctest) in the folder of each preset. A program of GoogleTest ("conformance_tests/2_of_8")
leaves the results of its tests in results/: these are counted instead of it, and it counts as one failed test more where
it failed for another reason than a test (it crashed, hung or left no results). What was run a second time (again.py) is
counted as it ended then, and named. A preset without results counts as one failed test. Ends with "N passed, N failed,
N skipped".
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

FIRST_LINES, LAST_LINES = 40, 60  # shown of a failed test; the rest is in the log


@dataclass
class Outcome:
    kind: str  # passed, failed, skipped
    output: str = ""
    seconds: float = 0.0


@dataclass
class Preset:
    name: str
    tests: dict[str, Outcome] = field(default_factory=dict)
    retried: dict[str, Outcome] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        return sum(outcome.kind == kind for outcome in self.tests.values())


def outcome_of(case: ElementTree.Element) -> Outcome:
    output = case.findtext("system-out") or ""
    status = case.get("status")
    skipped = case.find("skipped")
    if status == "run":
        return Outcome("passed", output)
    # ctest calls a test that could not be started "notrun" as well: only a test that said so itself was skipped.
    if skipped is not None and (skipped.get("message") or "").startswith("SKIP_"):
        return Outcome("skipped", output)
    if status == "disabled":
        return Outcome("skipped", "disabled")
    failure = case.find("failure")
    reason = (failure if failure is not None else skipped)
    said = reason.get("message") if reason is not None else None
    return Outcome("failed", output + (f"\n({said})" if said else ""), float(case.get("time") or 0))


def read_results(path: pathlib.Path) -> dict[str, Outcome]:
    results: dict[str, Outcome] = {}
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = case.get("name") or "?"
        while name in results:  # two programs may have a test of the same name
            name += " (again)"
        results[name] = outcome_of(case)
    return results


def tests_of_program(report: pathlib.Path, program: str) -> dict[str, Outcome]:
    """None where the program left no report, or half of one."""
    try:
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return {}
    results: dict[str, Outcome] = {}
    for case in cases:
        failures = [failure.text or failure.get("message") or "" for failure in case.iter("failure")]
        skipped = case.find("skipped")
        name = f"{program}/{case.get('classname')}.{case.get('name')}"
        if failures:
            results[name] = Outcome("failed", "\n".join(failures), float(case.get("time") or 0))
        elif skipped is not None or case.get("result") == "skipped":
            message = (skipped.get("message") if skipped is not None else None) or "no reason given"
            results[name] = Outcome("skipped", message.strip().splitlines()[-1])
        elif case.get("status") == "notrun":
            results[name] = Outcome("skipped", "disabled")
        else:
            results[name] = Outcome("passed")
    return results


def report_of(name: str) -> tuple[str, str] | None:
    """The program and its report, if this test of ctest's is a program of GoogleTest."""
    part = re.fullmatch(r"(\w+)/(\d+)_of_\d+", name)
    return (part[1], f"{part[1]}_{part[2]}.xml") if part else None


def with_tests_of_programs(reports: pathlib.Path, results: dict[str, Outcome]) -> dict[str, Outcome]:
    expanded: dict[str, Outcome] = {}
    for name, outcome in results.items():
        part = report_of(name)
        if part is None:
            expanded[name] = outcome
            continue
        tests = tests_of_program(reports / part[1], part[0])
        expanded.update(tests)
        failed = any(test.kind == "failed" for test in tests.values())
        if outcome.kind == "failed" and not failed or not tests:
            expanded[name] = Outcome("failed", outcome.output or "it left no results", outcome.seconds)
    return expanded


def read_preset(build: pathlib.Path, name: str) -> Preset:
    preset = Preset(name)
    results = build / name / "results.xml"
    if not results.exists():
        preset.tests[f"{name}: build and start of the tests"] = Outcome("failed", f"see above and {build / name}")
        return preset
    programs = read_results(results)
    preset.tests = with_tests_of_programs(build / name / "results", programs)
    again = build / name / "results-again.xml"
    if again.exists():
        second = read_results(again)
        retried = with_tests_of_programs(build / name / "results", {test: programs[test] for test in second})
        preset.retried = {test: outcome for test, outcome in retried.items() if outcome.kind == "failed"}
        for program in second:
            preset.tests.pop(program, None)
        preset.tests.update(with_tests_of_programs(build / name / "results-again", second))
    return preset


def skip_reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def show(preset: Preset) -> None:
    for name, outcome in sorted(preset.tests.items()):
        if outcome.kind == "failed":
            print(f"\n==== {preset.name}: FAILED {name} (after {outcome.seconds:.1f} s)")
            lines = outcome.output.rstrip().splitlines()
            left_out = lines[FIRST_LINES:-LAST_LINES]
            lines[FIRST_LINES:-LAST_LINES] = [f"[{len(left_out)} lines]"] if left_out else []
            print("\n".join(lines))
    for name, outcome in sorted(preset.tests.items()):
        if outcome.kind == "skipped":
            print(f"{preset.name}: skipped {name}: {skip_reason(outcome.output)}")
    for name, outcome in sorted(preset.retried.items()):
        print(f"{preset.name}: run a second time: {name}")
        print("\n".join(f"    {line}" for line in outcome.output.rstrip().splitlines()[:FIRST_LINES]))


def main() -> int:
    build = pathlib.Path(sys.argv[1])
    presets = [read_preset(build, name) for name in sys.argv[2:]]
    for preset in presets:
        show(preset)
    print()
    for preset in presets:
        for name, outcome in sorted(preset.tests.items()):
            if outcome.kind == "failed":
                print(f"{preset.name}: failed {name}")
    for preset in presets:
        retried = f", {len(preset.retried)} run a second time" if preset.retried else ""
        print(f"{preset.name}: {preset.count('passed')} passed, {preset.count('failed')} failed, "
              f"{preset.count('skipped')} skipped{retried}")
    failed = sum(preset.count("failed") for preset in presets)
    print(f"{sum(preset.count('passed') for preset in presets)} passed, {failed} failed, "
          f"{sum(preset.count('skipped') for preset in presets)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
