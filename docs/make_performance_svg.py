#!/usr/bin/env python3
"""Draws docs/performance.svg from bench/results/stream.json; --check only says whether it is up to date.

Throughput by size of the writes, both ends on a processor each, for the smallest pipe that was measured.
"""
import json
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCE, PICTURE = ROOT / "bench/results/stream.json", ROOT / "docs/performance.svg"
ROWS = [("plain calls", "#8a8f98"), ("cut at 8 KiB + spin", "#2f9e6e"), ("windpipe", "#2667c9")]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 70, 190, 40, 60
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}


def size_of(column: str) -> int:
    number, unit = column.split()
    return int(number) * UNITS[unit]


def series(document: dict) -> tuple[str, dict[str, list[tuple[int, float]]]]:
    groups = [group for group in document["groups"] if group["table"].startswith("Two CPUs")]
    table = groups[0]["table"]
    found: dict[str, list[tuple[int, float]]] = {name: [] for name, _ in ROWS}
    for group in groups:
        for case in group["cases"]:
            if group["table"] == table and case["name"] in found and "summaries" in case:
                found[case["name"]].append((size_of(group["column"]), case["summaries"]["gib_per_s"]["median"]))
    return table, {name: sorted(points) for name, points in found.items()}


def draw(document: dict) -> str:
    table, found = series(document)
    sizes = sorted({size for points in found.values() for size, _ in points})
    top = math.ceil(max(rate for points in found.values() for _, rate in points) * 1.1)
    span = math.log2(sizes[-1] / sizes[0])

    def x(size: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log2(size / sizes[0]) / span

    def y(rate: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / top

    machine = document["machine"]
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12" role="img" aria-label="Throughput by size of the writes">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
             f'<text x="{LEFT}" y="22" font-size="14" fill="#222">{table}: GiB/s by size of each write</text>']
    for step in range(top + 1):
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(step):.1f}" y2="{y(step):.1f}" stroke="#e3e5e8"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y(step) + 4:.1f}" text-anchor="end" fill="#555">{step}</text>')
    for group in document["groups"]:
        if group["table"] == table:
            size = size_of(group["column"])
            lines.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#555">'
                         f'{group["column"]}</text>')
    ends = []
    for name, colour in ROWS:
        points = " ".join(f"{x(size):.1f},{y(rate):.1f}" for size, rate in found[name])
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        lines += [f'<circle cx="{x(size):.1f}" cy="{y(rate):.1f}" r="3.5" fill="{colour}"/>' for size, rate in found[name]]
        ends.append([y(found[name][-1][1]), name, colour])
    ends.sort()
    for index in range(1, len(ends)):  # labels shall not cover each other
        ends[index][0] = max(ends[index][0], ends[index - 1][0] + 16)
    lines += [f'<text x="{WIDTH - RIGHT + 10}" y="{place + 4:.1f}" fill="{colour}">{name}</text>'
              for place, name, colour in ends]
    lines.append(f'<text x="{LEFT}" y="{HEIGHT - 12}" fill="#777">{machine["cpu"]}, {machine["cpus"]} CPUs'
                 f'{", virtual machine" if machine["virtual_machine"] else ""}, {machine["kernel"]}; '
                 f'commit {document["build"]["commit"][:12]}</text>')
    return "\n".join(lines + ["</svg>"]) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:] and not SOURCE.exists() and not PICTURE.exists():
        print("nothing is published to be drawn")
        return 0
    if not SOURCE.exists():
        print("there is no bench/results/stream.json: ./dev bench --publish makes it")
        return 1
    picture = draw(json.loads(SOURCE.read_text()))
    if "--check" in sys.argv[1:]:
        if not PICTURE.exists() or PICTURE.read_text() != picture:
            print("docs/performance.svg is not what bench/results/stream.json says: run docs/make_performance_svg.py")
            return 1
        print("docs/performance.svg shows bench/results/stream.json")
        return 0
    PICTURE.write_text(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
