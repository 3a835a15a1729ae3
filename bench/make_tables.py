#!/usr/bin/env python3
"""Writes the tables of bench/README.md from bench/results/*.json; --check only says whether they are up to date."""

import json
import sys
from math import floor, log10
from pathlib import Path
from statistics import median

import goals

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"
BEGIN, END = "<!-- results: begin, written by make_tables.py -->", "<!-- results: end -->"
ORDER = ["spawn", "capture", "feedback", "stream", "roundtrip", "records", "pages", "ring", "many", "listen", "win32"]


def figure(value):
    """Three significant digits."""
    digits = 0 if value == 0 else max(0, 2 - floor(log10(abs(value))))
    return f"{value:,.{min(digits, 6)}f}"


def bullets(lines):
    return "".join(f"* {line}\n" for line in lines)


def grid(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def cases_of(groups):
    """Row names in the order of first appearance, and the case of each (row, column)."""
    names, cells = [], {}
    for group in sorted(groups, key=lambda group: -len(group["cases"])):  # the fullest column says the order
        for case in group["cases"]:
            if case["name"] not in names:
                names.append(case["name"])
            cells[case["name"], group["column"]] = case
    return names, cells


def cell(case, metric, baselines):
    if case is None:
        return "-"
    if "summaries" not in case:
        return case.get("absent") or "failed: " + case.get("problem", "no sample")
    found = case["summaries"][metric]
    to = case["ratios"][metric]
    ratios = [figure(to[name]["median"]) if name in to else "-" for name in baselines]
    return f"{figure(found['median'])} ±{found['spread'] * 50:.0f} %" + (f" ({'; '.join(ratios)})" if ratios else "")


def table_of(document, name, groups):
    main, *others = groups[0].get("metrics", document["metrics"])
    names, cells = cases_of(groups)
    columns = [group["column"] for group in groups]
    baselines = groups[0]["baselines"]
    text = f"**{name}**, {main['title']}, {main['unit']}"
    text += f" (relative to: {'; '.join(baselines)})\n\n" if baselines else "\n\n"
    text += grid([""] + columns, [[f"**{row}**" if row.startswith("windpipe") else row] +
                                  [cell(cells.get((row, column)), main["key"], baselines) for column in columns]
                                  for row in names])
    for metric in others:
        rows = []
        for row in names:
            found = [cells.get((row, column), {}).get("summaries", {}).get(metric["key"]) for column in columns]
            if any(found):
                rows.append([row] + [cell(cells.get((row, column)), metric["key"], baselines) for column in columns])
        text += f"\n<details><summary>{name}: {metric['title']}</summary>\n\n"
        text += grid([""] + columns, rows) + "\n</details>\n"
    return text + "\n" + best_peers(groups) + doubts_of(groups)


def best_peers(groups):
    found = []
    for group in groups:
        for case in group["cases"]:
            best = case.get("best_peer")
            if best and case["name"] == "windpipe":
                found.append(f"{group['column']}: {figure(best['ratio']['median'])} of {best['name']}")
    return "windpipe relative to the best peer: " + "; ".join(found) + ".\n\n" if found else ""


def doubts_of(groups):
    kinds = {}
    for group in groups:
        for case in group["cases"]:
            for doubt in case.get("doubts", []):
                kinds.setdefault(doubt, []).append(f"{case['name']} at {group['column']}")
    lines = []
    for doubt, where in sorted(kinds.items()):
        named = ", ".join(where[:4]) + (f" and {len(where) - 4} more" if len(where) > 4 else "")
        lines.append(f"{doubt}: {named}")
    return "Doubts:\n\n" + bullets(lines) + "\n" if lines else ""


def circumstances(document):
    """Placement, wake-up cost and foreign load over all samples of a document."""
    all_samples = [(group, sample) for group in document["groups"] for case in group["cases"]
                   for sample in case.get("samples", [])]
    lines = []
    placed = [sample["placement"] for _, sample in all_samples if "placement" in sample]
    if placed:
        counts = ", ".join(f"{placed.count(kind)} {kind}" for kind in ("near", "far", "moved") if kind in placed)
        bounces = [value for group, sample in all_samples if group["two_cpus"] for value in sample["bounce_ns"]]
        lines.append(f"placement of the two CPUs (samples): {counts}; a cache line's round trip took "
                     f"{min(bounces):.0f} to {max(bounces):.0f} ns, median {median(bounces):.0f}")
    wake_ups = [sample["wake_up_us"] for _, sample in all_samples if sample["wake_up_us"] > 0]
    if wake_ups:
        lines.append(f"waking a sleeper on the other CPU, one way: median {median(wake_ups):.1f} us, "
                     f"{min(wake_ups):.1f} to {max(wake_ups):.1f}")
    if all_samples:
        foreign = [sample["foreign_share"] * 100 for _, sample in all_samples]
        disturbed = sum(sample["disturbed"] for _, sample in all_samples)
        again = sum(sample["tries"] > 1 for _, sample in all_samples)
        lines.append(f"other programs used at the median {median(foreign):.1f} % of the machine; {again} of "
                     f"{len(all_samples)} samples were taken again, {disturbed} stayed disturbed "
                     f"(above {document['disturbed_share']:.0%})")
    return lines


def peers_of(document):
    known = [f"{peer['name']} {peer['version']}" for peer in document["peers"] if peer.get("kind") == "peer"]
    absent = [f"{peer['name']}: {peer['absent']}" for peer in document["peers"] if "absent" in peer]
    return ["peers: " + ", ".join(known)] + ["absent: " + text for text in absent]


def section(document):
    machine, build = document["machine"], document["build"]
    tables = {}
    for group in document["groups"]:
        tables.setdefault(group["table"], []).append(group)
    text = f"### {document['title']}\n\n" + "\n\n".join(document["notes"]) + "\n\n"
    text += "".join(table_of(document, name, groups) for name, groups in tables.items())
    text += f"<details><summary>Circumstances of `{document['question']}`</summary>\n\n" + bullets([
        f"`{document['command']}`, {document['repetitions']} repetitions, {document['seconds']:.0f} s, {build['date']}",
        f"commit `{build['commit'][:12]}`{' with changes' if build['changed_since_commit'] else ''}, "
        f"{build['compiler']} {build['flags']} ({build['build_type']})",
        f"{machine['cpu']} (family {machine['cpu_family']}), {machine['cpus']} CPUs, {machine['memory']}"
        f"{', virtual machine' if machine['virtual_machine'] else ''}; {machine['kernel']}, {machine['libc']}; "
        f"governor: {machine['governor']}; huge pages: {machine['huge_pages']}",
        *circumstances(document), *peers_of(document), *("doubt: " + doubt for doubt in document["doubts"])])
    return text + "\n</details>\n"


def results():
    found = [HERE / "results" / f"{question}.json" for question in ORDER]
    return [json.loads(path.read_text()) for path in found if path.exists()]


def goals_of(documents):
    """Ratios to the row that a goal names, of windpipe and of bare system calls, from the same run."""
    return ("### Goals and floors\n\nThe goals were set on another machine, where waking a sleeper costs more and a system "
            "call less. What bare system calls reach here, in the same run, is in the column beside; see "
            "[what they are limited by](#what-limits-the-goals-here).\n\n" +
            grid(["ratio", "goal", "windpipe", "floor here", "met"], list(goals.rows(documents, figure))) + "\n")


def calls():
    """What strace has counted, as calls.sh wrote it."""
    counted = HERE / "results" / "calls.txt"
    return f"\n### System calls, counted\n\n```\n{counted.read_text()}```\n" if counted.exists() else ""


def main():
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    documents = results()
    parts = [goals_of(documents), *map(section, documents)] if documents else \
        ["No results are published yet: `./dev bench --publish` on a quiet machine writes them here.\n"]
    body = "\n".join(parts) + calls()
    fresh = f"{before}{BEGIN}\n\n{body}\n{END}{after}"
    if "--check" in sys.argv[1:]:
        if fresh != page:
            sys.exit("bench/README.md does not show what is in bench/results: run bench/make_tables.py")
        print(f"the tables of {len(documents)} benchmarks are those of bench/results")
    else:
        PAGE.write_text(fresh)


main()
