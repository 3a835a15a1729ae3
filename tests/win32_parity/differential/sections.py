"""Calls on sections of memory and their views."""
from things import GENERIC_READ, GENERIC_WRITE, MAPPINGS, Handle, Thing

CPP = {
    "section": "h[{0}] = CreateFileMappingA(self, /*inheritable*/ {3}, {1}, 0, {2}, NULL);",
    "map": "v[{0}] = (char*)MapViewOfFile(h[{1}], {2}, 0, {3}, {4});",
    "unmap": "UnmapViewOfFile(v[{0}] + {1});",
    "flush_view": "FlushViewOfFile(v[{0}] + {1}, {2});",
    "load": "memcpy(buffer, v[{0}] + {1}, {2});",
    "store": "memcpy(v[{0}] + {1}, buffer, {2});",
}

SECTION = "section"
QUERY, MAP_WRITE, MAP_READ = 1, 2, 4
ALL, READS = 0xf001f, 0xf001d
PAGE, GRANULARITY = 4096, 65536
NOACCESS, READONLY, READWRITE, WRITECOPY = 1, 2, 4, 8
VIEWS = 8

# Source: winnt.h; the mapping of sections in the reference of the kernel.
MAPPINGS[SECTION] = {GENERIC_READ: 0x20000 | QUERY | MAP_READ, GENERIC_WRITE: 0x20000 | MAP_WRITE}


class Section(Thing):
    def __init__(self, size):
        super().__init__()
        self.size = -(-size // PAGE) * PAGE


class View:
    def __init__(self, size, writable):
        self.size, self.writable = size, writable


class Sections:
    WEIGHTS = {"section": 12, "map": 25, "unmap": 10, "flush_view": 10, "load": 30, "store": 25}

    @property
    def views(self):
        return self.all_views.setdefault(self.who, [None] * VIEWS)

    def add_section(self):
        at = self.free_slot()
        if at is None:
            return self.add_close()
        protection = self.chance.choice([READWRITE] * 4 + [READONLY, WRITECOPY, 0, 3, NOACCESS])
        size = self.chance.choice([0, 1, 100, PAGE, PAGE + 1, GRANULARITY, GRANULARITY + 1, 200000])
        inherit = self.chance.randrange(2)
        if size and protection in (READWRITE, READONLY, WRITECOPY):
            self.slots[at] = Handle(Section(size), SECTION, ALL if protection == READWRITE else READS, inherit)
        self.say("section", at, protection, size, inherit)

    def is_taken_for_file(self, at):
        """By Wine: a section is read and written by its handle, and rights are looked at before the kind."""
        handle = self.slots[at]
        return handle is not None and (handle.kind == SECTION or handle.access & 3 != 3) and not handle.is_file()

    def any_section(self):
        """A slot: of a section where there is one, mostly."""
        own = [at for at, handle in enumerate(self.slots) if handle and handle.kind == SECTION]
        return self.chance.choice(own) if own and self.chance.random() < 0.9 else self.any_slot()

    def add_map(self):
        free = [at for at, view in enumerate(self.views) if view is None]
        if not free:
            return self.add_unmap()
        at, slot = self.chance.choice(free), self.any_section()
        handle = self.slots[slot]
        access = self.chance.choice([MAP_READ, MAP_WRITE, MAP_READ | MAP_WRITE, QUERY, ALL])
        offset = self.chance.choice([0, 0, 0, GRANULARITY, 2 * GRANULARITY, PAGE, 1])
        size = self.chance.choice([0, 0, 1, PAGE, PAGE + 1, GRANULARITY, 300000])
        if not self.mapped_view(handle, access, 0, 0):
            offset = 0  # Wine looks at it before it looks at the handle
        if handle and handle.kind == SECTION and offset >= handle.thing.size:
            offset = 0  # and says 87 instead of 5 of one behind the end
        self.views[at] = self.mapped_view(handle, access, offset, size)
        self.say("map", at, slot, access, offset, size)

    @staticmethod
    def mapped_view(handle, access, offset, size):
        if handle is None or handle.kind != SECTION or offset % GRANULARITY:
            return None
        section = handle.thing
        writes, copies = access & MAP_WRITE, access == QUERY
        if offset >= section.size or size > section.size - offset:
            return None
        if not handle.access & (MAP_WRITE if writes else MAP_READ):
            return None
        return View(-(-(size or section.size - offset) // PAGE) * PAGE, bool(writes or copies))

    def some_view(self):
        used = [at for at, view in enumerate(self.views) if view]
        return self.chance.choice(used) if used else None

    def some_part(self, view):
        offset = self.chance.choice([0, 0, self.chance.randrange(view.size)])
        return offset, self.chance.choice([0, 1, view.size - offset, self.chance.randrange(view.size - offset + 1)])

    def add_unmap(self):
        at = self.some_view()
        if at is None:
            return self.say("unmap", 0, 0)
        self.views[at] = None
        self.say("unmap", at, 0)

    def add_flush_view(self):
        at = self.some_view()
        if at is None:
            return self.add_section()
        self.say("flush_view", at, *self.some_part(self.views[at]))

    def add_load(self):
        at = self.some_view()
        if at is None:
            return self.add_section()
        self.say("load", at, *self.some_part(self.views[at]))

    def add_store(self):
        at = self.some_view()
        if at is None or not self.views[at].writable:
            return self.add_map()
        self.say("store", at, *self.some_part(self.views[at]), self.chance.randrange(1 << 16))
