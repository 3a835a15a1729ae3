#!/usr/bin/env python3
"""Who may include what, and that no code but the backends' depends on the system by conditionals.

The link targets of the build keep a part from seeing most of what it may not include. This keeps it from the rest: a
system header can be included from anywhere.
"""
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from sources import CODE, files, finish, includes, text

STANDARD = frozenset("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution expected filesystem flat_map flat_set format forward_list
fstream functional future generator initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale
map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges ratio regex
scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack stacktrace stdexcept stdfloat
stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo
unordered_map unordered_set utility valarray variant vector version
""".split())

PUBLIC = r"windpipe/\w+\.hpp"
ASIO = r"asio(/.+)?\.hpp"
TOOLBOX = r"(CLI|fmt|nlohmann)/.+"


@dataclass(frozen=True)
class Rule:
    """For the files that match `where`, what may stand between <> and "" beside the standard library."""
    where: str
    angled: str
    quoted: str


# The first rule that matches a file counts. An empty pattern allows nothing.
ANY = r".+"
RULES = (
    Rule(r"include/windpipe/asio(_\w+)?\.hpp", rf"{PUBLIC}|{ASIO}", r""),
    Rule(r"include/windpipe/.+", PUBLIC, r""),
    Rule(r"src/core/.+", PUBLIC, r"(core/)?\w+\.hpp"),
    Rule(r"src/platform/gate/.+", r"", r""),
    Rule(r"src/platform/linux/.+", ANY, r"(core/|platform/(platform\.hpp|linux/)|gate\.hpp|\w+\.hpp).*"),
    Rule(r"src/platform/windows/.+", ANY, r"(core/|platform/(platform\.hpp|windows/)|gate\.hpp|\w+\.hpp).*"),
    Rule(r"src/(platform/)?[^/]+", PUBLIC, r"(core/\w+|platform/platform|\w+)\.hpp"),
    # Folders and files named after a system are built for that system alone.
    Rule(r"(tool|examples|bench|tests)/(.+/)?(linux|windows)(/.+|[^/]*\.[ch]pp)", ANY, r"(?!src/|core/|platform/).+"),
    Rule(r"win32/src/.+", rf"{PUBLIC}|(?!windpipe/).+", r"\w+\.(hpp|h)"),
    Rule(r"tests/win32(_parity)?/.+", ANY, r"(?!src/|core/|platform/).+"),
    Rule(r"tool/.+", rf"{PUBLIC}|{TOOLBOX}", r"(?!src/|core/|platform/).+"),
    Rule(r"examples/asio_.+", rf"{PUBLIC}|{ASIO}", r""),
    Rule(r"examples/.+", PUBLIC, r"(?!src/|core/|platform/).+"),
    Rule(r"bench/.+", ANY, r"(?!src/|core/|platform/).+"),
    Rule(r"tests/unit/.+", rf"{PUBLIC}|{TOOLBOX}|gtest/.+", r".+"),
    Rule(r"tests/fuzz/.+", rf"{PUBLIC}", r"(core/\w+|grammar|unit/windows_parsers|require)\.hpp"),
    Rule(r"tests/(faults|compile)/.+", ANY, r"(?!src/|core/).+"),
    Rule(r"tests/asio/.+", rf"{PUBLIC}|{ASIO}|gtest/.+", r"(?!src/|core/|platform/).+"),
    Rule(r"tests/.+", rf"{PUBLIC}|{TOOLBOX}|g(test|mock)/.+", r"(?!src/|core/|platform/).+"),
)

SYSTEM_WORD = re.compile(r"\b(_WIN32|_WIN64|WIN32|__linux__|__linux|__unix__|_MSC_VER|__MINGW\w*|__CYGWIN__|__APPLE__|__GLIBC__)\b")


def check_includes(path: PurePosixPath, source: str) -> list[str]:
    rule = next((rule for rule in RULES if re.fullmatch(rule.where, str(path))), None)
    if rule is None:
        return [f"{path}: no rule says what may be included here; see {PurePosixPath(__file__).name}"]
    complaints = []
    for line, bracket, name in includes(source):
        if bracket == "<" and name in STANDARD:
            continue
        allowed = rule.angled if bracket == "<" else rule.quoted
        if not re.fullmatch(allowed, name):
            complaints.append(f"{path}:{line}: may not include {name} (rule for {rule.where})")
    return complaints


def check_conditionals(path: PurePosixPath, source: str) -> list[str]:
    if str(path).startswith("src/platform/") or str(path) == "include/windpipe/handle.hpp":
        return []
    complaints = []
    lines = source.splitlines()
    for number, line in enumerate(lines, 1):
        if not re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line) or not SYSTEM_WORD.search(line):
            continue
        following = lines[number] if number < len(lines) else ""
        if not re.match(r"\s*#\s*error\b", following):
            complaints.append(f"{path}:{number}: conditional on the system; let the build choose a file instead")
    return complaints


checked = files(*CODE)
found = []
for path in checked:
    source = text(path)
    found += check_includes(path, source) + check_conditionals(path, source)
finish(found, f"the includes and conditionals of {len(checked)} files")
