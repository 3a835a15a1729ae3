"""Makes the random programs of parity.py."""
from blocked import Blocked
from completions import Completions
from handles import Handles
from named_pipes import NamedPipes
from objects import Objects
from pipes import Pipes
from sections import Sections
from things import CHILD, INHERIT, PARENT

SLOTS = 16
PARTS = [Pipes, Handles]  # of every program
SOME_PARTS = [Completions, Sections, NamedPipes, Blocked, Objects]


class Maker(*PARTS, *SOME_PARTS):
    """Makes one program, and knows enough of its state that no call waits for ever."""

    def __init__(self, chance, calls):
        self.chance, self.lines = chance, []
        self.tables, self.who = {PARENT: [None] * SLOTS}, PARENT
        self.all_views, self.names, self.child_has_job = {}, {}, False
        weights = {"child": 1}
        for part in PARTS + [part for part in SOME_PARTS if chance.randrange(2)]:
            weights |= part.WEIGHTS
        while len(self.lines) < calls:
            self.who = chance.choice(list(self.tables))
            self.prefix = self.who + ("thread " if chance.random() < 0.1 else "")
            getattr(self, "add_" + chance.choices(list(weights), list(weights.values()))[0])()

    @property
    def slots(self):
        return self.tables[self.who]

    def say(self, *words):
        self.lines.append(self.prefix + " ".join(str(word) for word in words))

    def any_slot(self):
        full = [at for at, handle in enumerate(self.slots) if handle]
        return self.chance.choice(full) if full and self.chance.random() < 0.95 else self.chance.randrange(SLOTS)

    def free_slots(self, count):
        free = [at for at, handle in enumerate(self.slots) if not handle]
        return self.chance.sample(free, count) if len(free) >= count else None

    def free_slot(self):
        return (self.free_slots(1) or [None])[0]

    def forget(self, at):
        handle, self.slots[at] = self.slots[at], None
        handle.thing.handles[handle.kind] -= 1
        if handle.thing.handles[handle.kind] == 0:
            handle.thing.close(handle.kind)

    def add_child(self):
        """Ends the second process where there is one, or starts one with a copy of each handle that can be inherited."""
        self.prefix, self.child_has_job = "", False
        if CHILD not in self.tables:
            self.tables[CHILD] = [handle.copy(handle.access, handle.flags) if handle and handle.flags & INHERIT else None
                                  for handle in self.tables[PARENT]]
            return self.say("spawn")
        self.who = CHILD
        for at, handle in enumerate(self.slots):
            if handle:
                self.forget(at)
        self.all_views.pop(CHILD, None)
        self.who = PARENT
        del self.tables[CHILD]
        self.say("end")
