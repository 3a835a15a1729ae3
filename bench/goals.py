"""The goals that windpipe was given, beside what the published results say and what bare system calls reach there."""

ITSELF = "itself"  # the value, not a ratio
MORE = "more than plain calls"  # the difference of the values
WINDPIPE, PLAIN = "windpipe", "plain calls"
RAW = ("cut at 8 KiB + spin", "cut at 32 KiB + spin")  # of several the better one
RING, IN_PLACE, TEXTBOOK = "windpipe ring", "windpipe ring, in place", "textbook ring"
TOUCHED = "Two CPUs, every byte written and compared"
LAYER = "windpipe, windows.h"
TWO, ONE = "Two CPUs, pipe of 64 KiB", "Both processes on one CPU"

# what is asked, (question, table begins with, column begins with), row, of which row (None: the best C++ peer), metric,
# at least (">") or at most ("<"), the goal, the floor's row
GOALS = [
    ("1 MiB writes, pipe of 64 KiB", ("stream", TWO, "1 MiB"), WINDPIPE, PLAIN, "gib_per_s", ">", 12, RAW),
    ("the same, of the best raw loop", ("stream", TWO, "1 MiB"), WINDPIPE, RAW, "gib_per_s", ">", 0.95, None),
    ("the same, processor time per byte", ("stream", TWO, "1 MiB"), WINDPIPE, PLAIN, "cpu_s_per_gib", "<", 0.25, RAW),
    ("64 KiB writes, pipe of 64 KiB", ("stream", TWO, "64 KiB"), WINDPIPE, PLAIN, "gib_per_s", ">", 8, RAW),
    ("1 MiB writes, pipe of 1 MiB", ("stream", "Two CPUs, pipe of 1 MiB", "1 MiB"), WINDPIPE, PLAIN, "gib_per_s", ">",
     3.5, RAW),
    ("1 MiB writes to a plain reader", ("stream", TWO, "1 MiB"), "windpipe to plain read", PLAIN, "gib_per_s", ">", 5,
     RAW),
    ("1 MiB writes of a plain writer", ("stream", TWO, "1 MiB"), "plain write to windpipe", PLAIN, "gib_per_s", ">", 2,
     RAW),
    ("64-byte records, buffered", ("records", "Pipe of 64 KiB", "64 B"), "windpipe, buffered writer", PLAIN, "gib_per_s",
     ">", 33, "8 KiB buffer"),
    ("1 MiB sends from a page pool, of writes", ("pages", "Bytes that are made", "1 MiB"), "windpipe, page pool",
     WINDPIPE, "gib_per_s", ">", 1.5, "vmsplice"),
    ("relay between plain ends, of read and write", ("pages", "Bytes through", "plain ends"), WINDPIPE, PLAIN,
     "gib_per_s", ">", 1.5, "splice"),
    ("relay between free ends, of read and write", ("pages", "Bytes through", "free ends"), WINDPIPE, PLAIN,
     "gib_per_s", ">", 4, "splice"),
    ("64-byte round trip, two CPUs", ("roundtrip", "Two CPUs", "64 B"), WINDPIPE, PLAIN, "p50_us", "<", 1 / 40,
     "spin 50 us, then block"),
    ("64-byte round trip, one CPU", ("roundtrip", ONE, "64 B"), WINDPIPE, PLAIN, "p50_us", "<", 1.02, PLAIN),
    ("64-byte writes to a ring, of plain calls", ("ring", "Two CPUs", "64 B"), RING, PLAIN, "gib_per_s", ">", 50, TEXTBOOK),
    ("1 KiB writes to a ring, of plain calls", ("ring", "Two CPUs", "1 KiB"), RING, PLAIN, "gib_per_s", ">", 15,
     TEXTBOOK),
    ("64 KiB writes to a ring, of plain calls", ("ring", "Two CPUs", "64 KiB"), RING, PLAIN, "gib_per_s", ">", 10,
     TEXTBOOK),
    ("the same, of windpipe's pipe", ("ring", "Two CPUs", "64 KiB"), RING, "windpipe, a pipe", "gib_per_s", ">", 4,
     TEXTBOOK),
    ("1 KiB in place, of plain calls", ("ring", TOUCHED, "1 KiB"), IN_PLACE, PLAIN, "gib_per_s", ">", 15, TEXTBOOK),
    ("64 KiB in place, of plain calls", ("ring", TOUCHED, "64 KiB"), IN_PLACE, PLAIN, "gib_per_s", ">", 15, TEXTBOOK),
    ("64 KiB in place, of writing and reading", ("ring", TOUCHED, "64 KiB"), IN_PLACE, RING, "gib_per_s", ">", 1.7, None),
    ("64-byte writes to a ring, of the textbook's", ("ring", "Two CPUs", "64 B"), RING, TEXTBOOK, "gib_per_s", ">", 1.25,
     None),
    ("64 KiB writes to a ring, of the textbook's", ("ring", "Two CPUs", "64 KiB"), RING, TEXTBOOK, "gib_per_s", ">", 0.97,
     None),
    ("64-byte writes to a ring, of a message_queue", ("ring", "Two CPUs", "64 B"), RING, "boost message_queue",
     "gib_per_s", ">", 25, TEXTBOOK),
    ("1 KiB writes to a ring, of a message_queue", ("ring", "Two CPUs", "1 KiB"), RING, "boost message_queue",
     "gib_per_s", ">", 20, TEXTBOOK),
    ("64-byte round trip over rings, in round trips of a cache line", ("ring", "Round trip, two", "64 B"), RING, ITSELF,
     "bounces", "<", 1.1, TEXTBOOK),
    ("64-byte round trip over rings, of plain calls", ("ring", "Round trip, two", "64 B"), RING, PLAIN, "p50_us", "<",
     1 / 300, TEXTBOOK),
    ("64-byte writes to a ring, one CPU", ("ring", "One CPU", "64 B"), RING, PLAIN, "gib_per_s", ">", 25, TEXTBOOK),
    ("64 KiB writes to a ring, one CPU", ("ring", "One CPU", "64 KiB"), RING, PLAIN, "gib_per_s", ">", 5, TEXTBOOK),
    ("64-byte round trip over rings, one CPU", ("ring", "Round trip, one", "64 B"), RING, PLAIN, "p50_us", "<", 1.02,
     TEXTBOOK),
    ("the same, p99", ("ring", "Round trip, one", "64 B"), RING, PLAIN, "p99_us", "<", 1.2, TEXTBOOK),
    ("the writer is killed, of plain calls", ("ring", "The other process", "reading"), RING, PLAIN, "notice_us", "<", 1.3,
     None),
    ("the reader is killed, of plain calls", ("ring", "The other process", "writing"), RING, PLAIN, "notice_us", "<", 1.3,
     None),
    ("start of a tiny child, of vfork", ("spawn", "Small parent", "tiny"), WINDPIPE, "vfork + exec", "us", "<", 1.10,
     "vfork + exec"),
    ("start of a tiny child, of posix_spawn", ("spawn", "Small parent", "tiny"), WINDPIPE, "posix_spawn", "us", "<",
     0.80, "vfork + exec"),
    ("start from a parent of 1 GiB, of a small one", ("spawn", "Parent with 1 GiB", "tiny"), WINDPIPE,
     "windpipe, small parent", "us", "<", 1.03, "vfork + exec"),
    ("start from a parent of 8 GiB, of a small one", ("spawn", "Parent with 8 GiB", "tiny"), WINDPIPE,
     "windpipe, small parent", "us", "<", 1.03, "vfork + exec"),
    ("start with a limit of 20,000 descriptors", ("spawn", "Limit of 20,000", "tiny"), WINDPIPE,
     "windpipe, small parent", "us", "<", 1.03, "vfork + exec"),
    ("600 tiny children at once, of posix_spawn in a loop", ("spawn", "Small parent", "600 tiny"), WINDPIPE,
     "posix_spawn", "us", "<", 1 / 2, "clone + pidfd"),
    ("capture of 256 MiB, of the best raw loop", ("capture", "Capture of 256 MiB", "child writes 64 KiB"), WINDPIPE,
     "best raw loop", "gib_per_s", ">", 0.95, None),
    ("capture of 256 MiB, of the best C++ peer", ("capture", "Capture of 256 MiB", "child writes 64 KiB"), WINDPIPE, None,
     "gib_per_s", ">", 4, "best raw loop"),
    ("capture of 1 GiB, of the best raw loop", ("capture", "Capture of 1 GiB", "child writes 64 KiB"), WINDPIPE,
     "best raw loop", "gib_per_s", ">", 0.95, None),
    ("capture of 1 GiB, of the best C++ peer", ("capture", "Capture of 1 GiB", "child writes 64 KiB"), WINDPIPE, None,
     "gib_per_s", ">", 4, "best raw loop"),
    ("capture with the pipe quota spent, of one without", ("capture", "Pipe quota", ""), "windpipe, quota spent", WINDPIPE,
     "gib_per_s", ">", 0.9, "best raw loop, quota spent"),
    ("feed and read back, of the best raw loop", ("feedback", "", ""), WINDPIPE, "best raw loop", "gib_per_s", ">", 0.95,
     None),
    ("feed and read back, of the best C++ peer", ("feedback", "", ""), WINDPIPE, None, "gib_per_s", ">", 2.7,
     "best raw loop"),
    ("2,000 captures at once, of epoll + posix_spawn", ("many", "Children", "2000"), WINDPIPE, "epoll + posix_spawn", "ms",
     "<", 1.05, "epoll + clone, pidfd"),
    ("2,000 captures at once, of libuv", ("many", "Children", "2000"), WINDPIPE, "libuv", "ms", "<", 1 / 2.2,
     "epoll + posix_spawn"),
    ("2,000 captures at once, of Boost.Process v2", ("many", "Children", "2000"), WINDPIPE, "Boost.Process v2", "ms", "<",
     1 / 10, "epoll + posix_spawn"),
    ("2,000 captures at once, bytes beside each", ("many", "Children", "2000"), WINDPIPE, ITSELF, "bytes_of_each", "<",
     1024, "epoll + posix_spawn"),
    ("WriteFile and ReadFile of 12 bytes on Linux, ns more than write and read", ("win32", "Written", "12 B"), LAYER, MORE,
     "ns", "<", 60, None),
    ("WriteFile and ReadFile of 4 KiB on Linux, of write and read", ("win32", "Written", "4 KiB"), LAYER, PLAIN, "ns", "<",
     1.10, WINDPIPE),
    ("WriteFile and ReadFile of 64 KiB on Linux, of write and read", ("win32", "Written", "64 KiB"), LAYER, PLAIN, "ns",
     "<", 1.10, WINDPIPE),
    ("CreateProcess on Linux, of windpipe's start", ("win32", "Started", "tiny"), LAYER, WINDPIPE, "ns", "<", 1.10, None),
    ("one of 9,900 pipes, of one of 100", ("listen", "One", "9900"), WINDPIPE, "windpipe, 100 pipes", "us", "<", 2.2,
     None),
    ("one of 9,900 pipes, of poll", ("listen", "One", "9900"), WINDPIPE, "poll", "us", "<", 1 / 400, "epoll"),
]


def group_of(documents, where):
    question, table, column = where
    for document in documents:
        for group in document["groups"] if document["question"] == question else []:
            if group["table"].startswith(table) and group["column"].startswith(column):
                kinds = {peer["name"]: peer.get("kind") for peer in document["peers"]}
                return {case["name"]: case for case in group["cases"] if "summaries" in case}, kinds
    return None, None


def better(cases, row, metric, sign):
    """The row, or of several rows the one that does best."""
    if not isinstance(row, tuple):
        return row
    return (max if sign == ">" else min)((name for name in row if name in cases), default=None,
                                         key=lambda name: cases[name]["summaries"][metric]["median"])


def ratio(cases, kinds, row, of, metric):
    """The ratio within the repetitions; of the best C++ peer, that of the medians."""
    case = cases.get(row)
    if case is None:
        return None
    if of == ITSELF:
        return case["summaries"][metric]["median"]
    if of == MORE:
        return case["summaries"][metric]["median"] - cases[PLAIN]["summaries"][metric]["median"]
    if of is not None:
        return 1.0 if row == of else case["ratios"][metric].get(of, {}).get("median")
    peers = [other["summaries"][metric]["median"] for name, other in cases.items()
             if kinds.get(name) == "peer" and name != "Python"]
    return case["summaries"][metric]["median"] / max(peers) if peers else None


def rows(documents, figure):
    """The lines of the table: goal, wanted, windpipe, floor, met or not. Of the questions that have results."""
    asked = {document["question"] for document in documents}
    for text, where, row, of, metric, sign, goal, floor in GOALS:
        if where[0] not in asked:
            continue
        cases, kinds = group_of(documents, where)
        of, floor = (better(cases or {}, name, metric, sign) for name in (of, floor))
        got = ratio(cases, kinds, row, of, metric) if cases else None
        if got is None:
            yield [text, f"{'≥' if sign == '>' else '≤'} {figure(goal)}", "not measured", "-", "-"]
            continue
        least = ratio(cases, kinds, floor, of, metric) if floor else None
        met = got >= goal if sign == ">" else got <= goal
        yield [text, f"{'≥' if sign == '>' else '≤'} {figure(goal)}", figure(got), figure(least) if least else "-",
               "yes" if met else "no"]
