"""Makes the random programs of parity.py."""
SLOTS = 16
READ, WRITE = "read", "write"
SYNCHRONIZE, READ_DATA, WRITE_DATA, READ_ATTRIBUTES, WRITE_ATTRIBUTES = 0x100000, 1, 2, 0x80, 0x100
ENDS = {READ: 0x120189, WRITE: 0x120196}
SAME_ACCESS, CLOSE_SOURCE, INHERIT, PROTECT = 2, 1, 1, 2

PARENT, CHILD = "", "child "


class Pipe:
    def __init__(self, size):
        self.size = size or 4096
        self.held = 0
        self.handles = {READ: 0, WRITE: 0}
        self.waits = {READ: True, WRITE: True}


class Handle:
    def __init__(self, pipe, end, access, flags):
        self.pipe, self.end, self.access, self.flags = pipe, end, access, flags
        pipe.handles[end] += 1


class Maker:
    """Makes one program, and knows enough of its state that no call waits for ever."""

    def __init__(self, chance, calls):
        self.chance, self.lines = chance, []
        self.tables, self.who = {PARENT: [None] * SLOTS}, PARENT
        while len(self.lines) < calls:
            self.who = chance.choice(list(self.tables))
            self.prefix = self.who + ("thread " if chance.random() < 0.1 else "")
            getattr(self, "add_" + chance.choices(*zip(*self.WEIGHTS))[0])()

    WEIGHTS = [("pipe", 20), ("write", 80), ("read", 80), ("peek", 30), ("close", 20), ("duplicate", 30), ("mode", 20),
               ("flag", 10), ("question", 40), ("waiting_read", 5), ("child", 1)]

    @property
    def slots(self):
        return self.tables[self.who]

    def say(self, *words):
        self.lines.append(self.prefix + " ".join(str(word) for word in words))

    def any_slot(self):
        full = [at for at, handle in enumerate(self.slots) if handle]
        return self.chance.choice(full) if full and self.chance.random() < 0.95 else self.chance.randrange(SLOTS)

    def free_slot(self):
        free = [at for at, handle in enumerate(self.slots) if not handle]
        return self.chance.choice(free) if free else None

    def forget(self, at):
        handle, self.slots[at] = self.slots[at], None
        handle.pipe.handles[handle.end] -= 1
        if handle.end == READ and handle.pipe.handles[READ] == 0:
            handle.pipe.held = 0

    def add_pipe(self):
        free = [at for at, handle in enumerate(self.slots) if not handle]
        if len(free) < 2:
            return self.add_close()
        read, write = self.chance.sample(free, 2)
        size = self.chance.choice([0, 1, 10, 100, 4096, 4097, 5000, 65536])
        inherit = self.chance.randrange(2)
        pipe = Pipe(size)
        self.slots[read] = Handle(pipe, READ, ENDS[READ], inherit)
        self.slots[write] = Handle(pipe, WRITE, ENDS[WRITE], inherit)
        self.say("pipe", read, write, size, inherit)

    def add_child(self):
        """Ends the second process where there is one, or starts one with a copy of each handle that can be inherited."""
        self.prefix = ""
        if CHILD not in self.tables:
            self.tables[CHILD] = [handle and handle.flags & INHERIT and Handle(handle.pipe, handle.end, handle.access,
                                                                               handle.flags) or None
                                  for handle in self.tables[PARENT]]
            return self.say("spawn")
        self.who = CHILD
        for at, handle in enumerate(self.slots):
            if handle:
                self.forget(at)
        self.who = PARENT
        del self.tables[CHILD]
        self.say("end")

    def some_size(self, most):
        return self.chance.choice([0, 1, 2, 9, 100, 4096, 5000, most, most + 1, self.chance.randrange(most + 1)])

    def add_write(self):
        at = self.any_slot()
        handle = self.slots[at]
        size = self.some_size(handle.pipe.size if handle else 10)
        if handle and handle.end == WRITE and handle.access & WRITE_DATA and handle.pipe.handles[READ]:
            room = handle.pipe.size - handle.pipe.held
            if handle.pipe.waits[WRITE]:
                size = min(size, room)
            if size <= room:
                handle.pipe.held += size
        self.say("write", at, size, self.chance.randrange(1 << 16))

    def add_read(self):
        at = self.any_slot()
        handle = self.slots[at]
        size = self.some_size(handle.pipe.size if handle else 10)
        if handle and handle.end == READ and handle.access & READ_DATA:
            pipe = handle.pipe
            if pipe.waits[READ] and pipe.held == 0 and pipe.handles[WRITE]:
                return self.add_question()
            pipe.held -= min(size, pipe.held)
        self.say("read", at, size)

    def add_waiting_read(self):
        """A thread reads from an empty pipe; somebody's write ends that."""
        readers = [at for at, handle in enumerate(self.tables[PARENT]) if handle and handle.end == READ and
                   handle.access & READ_DATA and handle.pipe.waits[READ] and handle.pipe.held == 0]
        for reader in readers:
            pipe = self.tables[PARENT][reader].pipe
            writers = [(who, at) for who, table in self.tables.items() for at, handle in enumerate(table)
                       if handle and handle.pipe is pipe and handle.end == WRITE and handle.access & WRITE_DATA]
            if writers:
                who, writer = self.chance.choice(writers)
                size = self.chance.randrange(1, pipe.size + 1)
                most = self.chance.randrange(1, pipe.size + 2)
                pipe.held = max(0, size - most)
                self.lines += [f"begin read {reader} {most}", f"{who}write {writer} {size} {self.chance.randrange(1 << 16)}",
                               "join"]
                return

    def add_peek(self):
        at = self.any_slot()
        self.say("peek", at, self.some_size(self.slots[at].pipe.size if self.slots[at] else 10))

    def add_close(self):
        at = self.any_slot()
        if self.slots[at] and not self.slots[at].flags & PROTECT:
            self.forget(at)
        self.say("close", at)

    def add_duplicate(self):
        source, target = self.any_slot(), self.free_slot()
        if target is None or target == source:
            return self.add_close()
        access = self.chance.choice([0, READ_DATA | SYNCHRONIZE, WRITE_DATA | SYNCHRONIZE, READ_ATTRIBUTES,
                                     READ_ATTRIBUTES | WRITE_ATTRIBUTES | SYNCHRONIZE, 0x80000000, 0x40000000])
        inherit = self.chance.randrange(2)
        options = self.chance.choice([SAME_ACCESS, SAME_ACCESS, 0, SAME_ACCESS | CLOSE_SOURCE])
        handle = self.slots[source]
        if handle:
            access = self.asked(handle, access)
            wanted = handle.access if options & SAME_ACCESS else self.mapped(access)
            self.slots[target] = Handle(handle.pipe, handle.end, wanted, inherit)
            if options & CLOSE_SOURCE and not handle.flags & PROTECT:
                self.forget(source)
        self.say("duplicate", source, target, access, inherit, options)

    @staticmethod
    def mapped(access):
        """Generic rights as those of files. Source: the generic mapping of files, winnt.h."""
        for generic, rights in ((0x80000000, 0x120089), (0x40000000, 0x120116)):
            if access & generic:
                access = access & ~generic | rights
        return access

    def asked(self, handle, access):
        """No more than the source has: Wine grants it (row 6.4h)."""
        return access if self.mapped(access) & ~handle.access == 0 else 0

    def add_mode(self):
        at = self.any_slot()
        mode = self.chance.choice([0, 1, 1, 2, 0x40])
        handle = self.slots[at]
        if handle and not handle.access & WRITE_ATTRIBUTES:  # Wine asks for no right to a write end (row 4.1)
            return self.add_question()
        if handle and mode in (0, 1):
            handle.pipe.waits[handle.end] = mode == 0
        self.say("mode", at, mode)

    def add_flag(self):
        at = self.any_slot()
        mask, value = self.chance.choice([1, 2, 3]), self.chance.choice([0, 0, 1, 2, 3])
        if self.slots[at]:
            self.slots[at].flags = self.slots[at].flags & ~mask | value & mask
        self.say("flag", at, mask, value)

    def add_question(self):
        self.say(self.chance.choice(["flags", "info", "state", "type", "wait"]), self.any_slot())
