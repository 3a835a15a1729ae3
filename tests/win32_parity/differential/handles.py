"""Calls on handles of any kind."""
from things import (CLOSE_SOURCE, GENERIC_READ, GENERIC_WRITE, INHERIT, PROTECT, READ_ATTRIBUTES, READ_DATA, SAME_ACCESS,
                    STAY, SYNCHRONIZE, WRITE_ATTRIBUTES, WRITE_DATA)

CPP = {
    "close": "CloseHandle(h[{0}]);",
    "duplicate": "DuplicateHandle(self, h[{0}], self, &h[{1}], {2}, {3}, {4});",
    "flag": "SetHandleInformation(h[{0}], {1}, {2});",
    "flags": "GetHandleInformation(h[{0}], &flags);",
    "type": "GetFileType(h[{0}]);",
    "wait": "WaitForSingleObject(h[{0}], 0);",
    "await_use": "while (WaitForSingleObject(h[{0}], 0) == WAIT_OBJECT_0) {{}}",
}


class Handles:
    WEIGHTS = {"close": 20, "duplicate": 30, "flag": 10, "question": 40}

    def add_close(self):
        at = self.any_slot()
        if self.slots[at] and not self.slots[at].flags & PROTECT:
            self.forget(at)
        self.say("close", at)

    def add_duplicate(self):
        source, target = self.any_slot(), self.free_slot()
        if target is None or target == source or self.is_server(source):
            return self.add_close()
        access = self.chance.choice([0, READ_DATA | SYNCHRONIZE, WRITE_DATA | SYNCHRONIZE, READ_ATTRIBUTES,
                                     READ_ATTRIBUTES | WRITE_ATTRIBUTES | SYNCHRONIZE, GENERIC_READ, GENERIC_WRITE])
        inherit = self.chance.randrange(2)
        options = self.chance.choice([SAME_ACCESS, SAME_ACCESS, 0, SAME_ACCESS | CLOSE_SOURCE])
        handle = self.slots[source]
        if handle:
            inherit = 0 if handle.kind in STAY else inherit
            if handle.mapped(access) & ~handle.access:  # more than the source has: Wine grants it (row 6.4h)
                access = 0
            self.slots[target] = handle.copy(handle.access if options & SAME_ACCESS else handle.mapped(access), inherit)
            if options & CLOSE_SOURCE and not handle.flags & PROTECT:
                self.forget(source)
        self.say("duplicate", source, target, access, inherit, options)

    def add_flag(self):
        at = self.any_slot()
        if self.slots[at] and self.slots[at].kind in STAY:
            return self.add_question()
        mask, value = self.chance.choice([1, 2, 3]), self.chance.choice([0, 0, 1, 2, 3])
        if self.slots[at]:
            self.slots[at].flags = self.slots[at].flags & ~mask | value & mask
        self.say("flag", at, mask, value)

    def can_wait(self, at):
        """Wine takes a client that its server has left for busy, and a job without processes for signalled."""
        handle = self.slots[at]
        return handle is None or handle.kind != "job" and not (self.is_client(at) and handle.thing.is_cut)

    def add_question(self):
        at = self.any_slot()
        questions = ["flags", "wait"] if self.can_wait(at) else ["flags"]
        if not self.is_taken_for_file(at):
            questions += ["type"]
            if not self.is_client(at):  # which does not know what its server was made with
                questions += ["info", "state"]
        self.say(self.chance.choice(questions), at)
