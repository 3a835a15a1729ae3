"""What a program has handles of, as far as the makers of programs must know it."""
import collections

READ, WRITE = "read", "write"
SYNCHRONIZE, READ_DATA, WRITE_DATA, READ_ATTRIBUTES, WRITE_ATTRIBUTES = 0x100000, 1, 2, 0x80, 0x100
GENERIC_READ, GENERIC_WRITE = 0x80000000, 0x40000000
SAME_ACCESS, CLOSE_SOURCE, INHERIT, PROTECT = 2, 1, 1, 2

PARENT, CHILD = "", "child "

# The rights that generic ones stand for, by the kind of a handle. Source: winnt.h, the mapping of files.
FILE = {GENERIC_READ: 0x120089, GENERIC_WRITE: 0x120116}
MAPPINGS = {READ: FILE, WRITE: FILE}

# Kinds that no other process gets from the layer; and a mutex, which stays owned when the process of its owner ends.
STAY = {"server", "mutex", "job"}


class Thing:
    def __init__(self):
        self.handles = collections.Counter()

    def close(self, kind):
        """Its last handle of this kind is closed."""


class Pipe(Thing):
    def __init__(self, size):
        super().__init__()
        self.size = size or 4096
        self.held = 0
        self.waits = {READ: True, WRITE: True}

    def close(self, kind):
        if kind == READ:
            self.held = 0


class Handle:
    def __init__(self, thing, kind, access, flags):
        self.thing, self.kind, self.access, self.flags = thing, kind, access, flags
        thing.handles[kind] += 1

    def copy(self, access, flags):
        return Handle(self.thing, self.kind, access, flags)

    def is_file(self):
        return MAPPINGS[self.kind] is FILE

    def mapped(self, access):
        for generic, rights in MAPPINGS[self.kind].items():
            if access & generic:
                access = access & ~generic | rights
        return access
