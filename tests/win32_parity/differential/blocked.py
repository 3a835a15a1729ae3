"""Calls that wait, and what other calls do to them meanwhile."""
from things import PARENT, PROTECT, READ, READ_DATA, SYNCHRONIZE, WRITE, WRITE_DATA

CPP = {
    "read_all": "for (DWORD all = 0; all < {1}; all += count) {{ ReadFile(h[{0}], buffer, {1} - all, &count, NULL); }}",
    "drain": "while (PeekNamedPipe(h[{0}], 0, 0, 0, &there, 0) && there) {{ ReadFile(h[{0}], buffer, there, &count, NULL); }}",
    "await_data": "while (PeekNamedPipe(h[{0}], 0, 0, 0, &there, 0) && there <= {1}) {{}}",
    "cancel_there": "while (!CancelSynchronousIo(begun.native_handle()) && GetLastError() == ERROR_NOT_FOUND) {{}}",
    "cancel": "while (!CancelIoEx(h[{0}], NULL) && GetLastError() == ERROR_NOT_FOUND) {{}}",
    "cancel_own": "CancelIo(h[{0}]);",
    "cancel_idle": "CancelIoEx(h[{0}], &over);",
}


class Blocked:
    WEIGHTS = {"waiting_read": 5, "called_off_read": 5, "waiting_write": 8, "idle_cancel": 8}

    def ends(self, kind, right, who=None):
        """Who has which slots of such ends, of pipes that wait: the first process, or any."""
        return [(each, at, handle) for each, table in self.tables.items() for at, handle in enumerate(table)
                if handle and handle.kind == kind and handle.access & right and handle.thing.waits[kind] and
                who in (None, each)]

    def add_waiting_read(self):
        """A thread reads from an empty pipe; somebody's write ends that."""
        readers = [each for each in self.ends(READ, READ_DATA, PARENT) if each[2].thing.held == 0]
        for _, reader, handle in readers:
            pipe = handle.thing
            writers = [(who, at) for who, at, each in self.ends(WRITE, WRITE_DATA) if each.thing is pipe]
            if writers:
                who, writer = self.chance.choice(writers)
                size = self.chance.randrange(1, pipe.size + 1)
                most = self.chance.randrange(1, pipe.size + 2)
                pipe.held = max(0, size - most)
                self.lines += [f"begin read {reader} {most}", f"{who}write {writer} {size} {self.chance.randrange(1 << 16)}",
                               "join"]
                return

    def add_called_off_read(self):
        """A thread reads from an empty pipe; that is cancelled, or its handle is closed."""
        for _, at, handle in self.ends(READ, READ_DATA, PARENT):
            if handle.thing.held or not handle.thing.handles[WRITE] or not handle.access & SYNCHRONIZE:
                continue
            ends = ["cancel_there", f"cancel {at}"]
            if handle.thing.handles[READ] == 1 and not handle.flags & PROTECT:
                ends.append(f"close {at}")
            end = self.chance.choice(ends)
            self.lines += [f"begin read {at} {self.chance.choice([0, 1, 100])}", f"await_use {at}", end, "join"]
            if end.startswith("close"):
                self.who = PARENT
                self.forget(at)
            return

    def add_waiting_write(self):
        """A thread writes more than there is room for; what is read meanwhile ends that, or something else does."""
        for _, writer, handle in self.ends(WRITE, WRITE_DATA, PARENT):
            pipe = handle.thing
            readers = [(who, at, each) for who, at, each in self.ends(READ, READ_DATA) if each.thing is pipe]
            if not readers:
                continue
            who, reader, _ = self.chance.choice(readers)
            size = pipe.size - pipe.held + self.chance.choice([1, 2, 100, 4096, 10000, 200000])
            self.lines.append(f"begin write {writer} {size} {self.chance.randrange(1 << 16)}")
            ends = [self.read_until_it_is_done, self.cancel_it]
            if pipe.handles[READ] == 1 and pipe.handles[WRITE] == 1:
                ends += [self.close_the_reader]
            return self.chance.choice(ends)(pipe, size, who, reader, writer)

    def read_until_it_is_done(self, pipe, size, who, reader, writer):
        """In pieces: the last leaves what fits, or less."""
        there, least = pipe.held + size, pipe.held + size - pipe.size
        wanted = self.chance.choice([least, self.chance.randrange(least, there + 1)])
        pipe.held = there - wanted
        while wanted:
            some = self.chance.choice([wanted, self.chance.randrange(1, wanted + 1)])
            self.lines.append(f"{who}read_all {reader} {some}")
            wanted -= some
        self.lines.append("join")

    def cancel_it(self, pipe, size, who, reader, writer):
        """How much stays in the pipe is not the same: that of the layer cannot take back what it has put there (row 5.8)."""
        self.lines += [f"{who}await_data {reader} {pipe.held}", self.chance.choice(["cancel_there", f"cancel {writer}"]),
                       "join", f"{who}drain {reader}"]
        pipe.held = 0

    def close_the_reader(self, pipe, size, who, reader, writer):
        self.who = who
        if self.slots[reader].flags & PROTECT:
            self.lines.append(f"{who}flag {reader} {PROTECT} 0")
            self.slots[reader].flags &= ~PROTECT
        self.lines += [f"{who}await_data {reader} {pipe.held}", f"{who}close {reader}", "join"]
        self.forget(reader)

    def add_idle_cancel(self):
        at = self.any_slot()
        if self.slots[at] and not self.slots[at].is_file():  # Wine does not look at the kind
            return self.add_question()
        self.say(self.chance.choice(["cancel_own", "cancel_idle"]), at)
