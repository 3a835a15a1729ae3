#!/usr/bin/env python3
"""Records of real runs are what docs/records.schema.json says: check_records.py SCHEMA CHILDREN COMMAND...

COMMAND is how windpipe is started, CHILDREN the folder of the programs that it starts. The validator below knows the
words of JSON Schema that the schema uses, and refuses all others.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

schema_path, children, *windpipe = sys.argv[1:]
SCHEMA = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "items",
         "additionalProperties", "oneOf", "const", "enum", "minimum", "maximum", "minItems"}


def is_a(value, name: str) -> bool:
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def faults(value, schema: dict, place: str) -> list[str]:
    """What is wrong with a value."""
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        return faults(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    if "oneOf" in schema:
        tried = [faults(value, each, place) for each in schema["oneOf"]]
        fitting = sum(not each for each in tried)
        return [] if fitting == 1 else [f"{place}: {fitting} alternatives fit: " + "; ".join(map(str, tried))]
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(is_a(value, name) for name in names):
        return [f"{place}: {value!r} is no {' or '.join(names)}"]
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is not {schema.get('const', schema.get('enum'))}"]
    if is_a(value, "integer") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return [f"{place}: {value} is out of range"]
    found = []
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{place}: {name} is unknown" for name in value if name not in properties]
        for name in value.keys() & properties.keys():
            found += faults(value[name], properties[name], f"{place}.{name}")
    if isinstance(value, list):
        found += [f"{place}: too few"] if len(value) < schema.get("minItems", 0) else []
        for number, each in enumerate(value):
            found += faults(each, schema.get("items", {}), f"{place}[{number}]")
    return found


def records_of(*options: str) -> list[dict]:
    """Those of a run with these options, each of which has been held against the schema."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "records.json")
        name = f"Z:{file}" if windpipe[-1].endswith(".exe") else str(file)
        done = subprocess.run([*windpipe, "run", "--json", name, *options], input="some bytes\n", encoding="utf-8",
                              capture_output=True, timeout=300, env={**os.environ, "PATH": path, "WINEPATH": wine_path})
        lines = file.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    for number, record in enumerate(records):
        assert not (wrong := faults(record, SCHEMA, f"line {number + 1}")), (options, wrong)
    assert records[0]["record"] == "begin" and records[-1]["record"] == "end", (options, done.stderr)
    assert records[-1]["exit_status"] == done.returncode or records[-1]["why"] == "asked", (records[-1], done)
    return records


def only(records: list[dict], kind: str) -> list[dict]:
    return [record for record in records if record["record"] == kind]


path = children + os.pathsep + os.environ["PATH"]
wine_path = f"Z:{children}".replace("/", "\\")

plain = records_of("-N", "first", "cat", "::", "cat", "4096", "::", "exit_with", "3")
assert [stage["program"] for stage in plain[0]["stages"]] == ["cat", "cat", "exit_with"], plain[0]
assert plain[0]["stages"][1]["arguments"] == ["4096"] and plain[0]["stages"][0]["name"] == "first"
assert only(plain, "stage")[2]["status"] == {"kind": "exited", "code": 3} and plain[-1]["exit_status"] == 3
assert [pipe["moved_bytes"] for pipe in only(plain, "pipe")] == [None, None]

told = [(stage["read_bytes"], stage["written_bytes"]) for stage in only(plain, "stage")]
# Wine counts nothing. What a program reads to start is counted as well.
assert all(read is None and written is None or read >= 0 and written >= 0 for read, written in told), told
assert plain[0]["system"] == "windows" or all(read >= 11 and written == 11 for read, written in told[:2]), told

exact = records_of("--exact", "--redact", "flood", "1000000", "0", "::", "cat", "::", "check_pattern")
assert [pipe["moved_bytes"] for pipe in only(exact, "pipe")] == [1000000, 1000000], exact
assert all(stage["arguments"] is None for stage in exact[0]["stages"]) and "1000000" not in str(exact[0])

missing = records_of("cat", "::", "windpipe_no_such_program", "::", "cat")
assert missing[-1]["why"] == "not_started" and missing[-1]["failure"]["stage"] == 2 and missing[-1]["killed"]
assert [stage["status"]["kind"] for stage in only(missing, "stage")][1:] == ["not_started", "not_started"]

late = records_of("--timeout", "200ms", "--kill-after", "5s", "sleep_forever", "::", "cat")
assert late[-1]["why"] == "timed_out" and len(only(late, "notice")) == 1, late

crash = records_of("die_by_signal", "11", "::", "cat")
assert only(crash, "stage")[0]["status"]["kind"] == ("exited" if plain[0]["system"] == "windows" else "signalled")

assert faults({**plain[0], "pid": "1"}, SCHEMA, "x") and faults({**late[-1], "why": "?"}, SCHEMA, "x")
assert faults({"record": "end"}, SCHEMA, "x"), "the validator finds nothing"
print("the records of 5 runs are as the schema says")
