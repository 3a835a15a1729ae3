"""Python's subprocess and os.read/os.write: a worker like those in C++ (see worker/main.cpp for its command line)."""

import fcntl
import json
import mmap
import os
import resource
import subprocess
import sys
import time

START, REPORT, DATA_IN, DATA_OUT = 3, 4, 5, 6
WAYS = [{"name": "Python", "version": sys.version.split()[0], "kind": "peer",
         "jobs": {"spawn": True, "capture": True, "feed_back": True,
                  "send": True, "receive": True, "ping": True, "echo": True}}]


def pattern(size):
    period = bytes((i * 167 + (i >> 8) * 13 + (i >> 16) * 7) & 0xFF for i in range(min(size, 1 << 24)))
    return (period * (size // len(period) + 1))[:size]


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))] if values else 0


def used():
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    total = sum(each.ru_utime + each.ru_stime for each in both)
    with open("/proc/self/schedstat") as file:
        waited = int(file.read().split()[1])
    return int(total * 1e9), waited


class Stopwatch:
    def __init__(self):
        self.before = used()
        self.begin = time.monotonic_ns()

    def finish(self, **found):
        end = time.monotonic_ns()
        cpu, waited = used()
        return {"begin_ns": self.begin, "end_ns": end, "cpu_ns": cpu - self.before[0],
                "waited_ns": waited - self.before[1], **found}


def await_start():
    os.write(REPORT, b"ready\n")
    if not os.read(START, 1):
        sys.exit("no order to start")


def prepare(given):
    if "cpu" in given:
        os.sched_setaffinity(0, {given["cpu"]})
    if "descriptors" in given:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (given["descriptors"], max(hard, given["descriptors"])))
    keep = [os.open("/dev/null", os.O_RDONLY) for _ in range(given.get("open", 0))]
    if "heap_mib" in given:
        heap = mmap.mmap(-1, given["heap_mib"] << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        heap.madvise(mmap.MADV_NOHUGEPAGE)
        for page in range(0, len(heap), 4096):
            heap[page] = 1
        keep.append(heap)
    for control in (START, REPORT):
        fcntl.fcntl(control, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return keep


def repeat(given, once):
    for _ in range(given.get("warm_ups", 2)):
        once()
    await_start()
    took = []
    watch = Stopwatch()
    begin = before = time.monotonic_ns()
    span = given.get("milliseconds", 25) * 1_000_000
    while len(took) < given.get("most", 2000) and (len(took) < given.get("least", 5) or before - begin < span):
        once()
        after = time.monotonic_ns()
        took.append(after - before)
        before = after
    return watch.finish(operations=len(took), median_ns=quantile(took, 0.5), mean_ns=(before - begin) / len(took))


def spawn(given, program):
    report = repeat(given, lambda: subprocess.run(program, check=True))
    return {**report, "right": True}


def short_capture(given, program):
    right = []

    def once():
        right.append(subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout == b"hi\n")

    report = repeat(given, once)
    return {**report, "right": all(right)}


def capture(given, program):
    await_start()
    watch = Stopwatch()
    output = subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout
    report = watch.finish(bytes=len(output))
    block = pattern(given["block"])
    right = len(output) == given["bytes"] and output == block * (len(output) // len(block))
    return {**report, "right": right}


def feed_back(given, program):
    data = pattern(given["bytes"])
    await_start()
    watch = Stopwatch()
    output = subprocess.run(program, input=data, stdout=subprocess.PIPE, check=True).stdout
    return watch.finish(bytes=len(output), right=output == data)


def write_all(fd, piece):
    written = os.write(fd, piece)
    while written < len(piece):
        written += os.write(fd, memoryview(piece)[written:])


def send(given, _):
    piece = pattern(given["size"])
    count = given["bytes"] // len(piece)
    await_start()
    watch = Stopwatch()
    for _ in range(count):
        write_all(DATA_OUT, piece)
    return watch.finish(bytes=count * len(piece), right=count * len(piece) == given["bytes"])


def receive(given, _):
    piece, expected, room = pattern(given["size"]), given["bytes"], given["room"]
    total, right, period = 0, True, len(piece)
    await_start()
    watch = Stopwatch()
    while total < expected:
        data = os.read(DATA_IN, room)
        if not data:
            break
        right = right and data[0] == piece[total % period] and data[-1] == piece[(total + len(data) - 1) % period]
        total += len(data)
    return watch.finish(bytes=total, right=right and total == expected)


def read_full(size):
    data = os.read(DATA_IN, size)
    while 0 < len(data) < size:
        more = os.read(DATA_IN, size - len(data))
        if not more:
            return b""
        data += more
    return data


def ping(given, _):
    message, count = bytearray(pattern(given["size"])), given["count"]
    await_start()
    watch = Stopwatch()
    took, right = [], True
    for number in range(count):
        message[0] = number & 0xFF
        begin = time.monotonic_ns()
        os.write(DATA_OUT, message)
        answer = read_full(len(message))
        took.append(time.monotonic_ns() - begin)
        right = right and answer == message
    return watch.finish(bytes=count * len(message), right=right,
                        p50_ns=quantile(took, 0.5), p99_ns=quantile(took, 0.99))


def echo(given, _):
    await_start()
    watch = Stopwatch()
    while data := read_full(given["size"]):
        os.write(DATA_OUT, data)
    return watch.finish(right=True)


JOBS = {"spawn": spawn, "short_capture": short_capture, "capture": capture, "feed_back": feed_back,
        "send": send, "receive": receive, "ping": ping, "echo": echo}


def main(words):
    if words == ["list"]:
        print(json.dumps(WAYS))
        return
    settings, program = words[3:], []
    if "--" in settings:
        at = settings.index("--")
        settings, program = settings[:at], settings[at + 1:]
    given = {key: int(value) for key, value in (word.split("=") for word in settings)}
    try:
        keep = prepare(given)
        report = JOBS[words[2]](given, program)
        del keep
    except Exception as cause:  # the harness shows it in the row
        report = {"error": repr(cause)}
    os.write(REPORT, json.dumps(report).encode() + b"\n")


main(sys.argv[1:])
