"""Calls on anonymous pipes."""
from things import READ, READ_DATA, WRITE, WRITE_ATTRIBUTES, WRITE_DATA, Handle, Pipe

ENDS = {READ: 0x120189, WRITE: 0x120196}

CPP = {
    "pipe": "CreatePipe(&h[{0}], &h[{1}], /*inheritable*/ {3}, {2});",
    "write": "WriteFile(h[{0}], buffer, {1}, &count, NULL);",
    "read": "ReadFile(h[{0}], buffer, {1}, &count, NULL);",
    "peek": "PeekNamedPipe(h[{0}], buffer, {1}, &count, &there, &left);",
    "mode": "mode = {1}; SetNamedPipeHandleState(h[{0}], &mode, NULL, NULL);",
    "info": "GetNamedPipeInfo(h[{0}], &flags, &size, NULL, &most);",
    "state": "GetNamedPipeHandleStateA(h[{0}], &state, &instances, NULL, NULL, NULL, 0);",
}


class Pipes:
    WEIGHTS = {"pipe": 20, "write": 80, "read": 80, "peek": 30, "mode": 20}

    def add_pipe(self):
        slots = self.free_slots(2)
        if slots is None:
            return self.add_close()
        read, write = slots
        size = self.chance.choice([0, 1, 10, 100, 4096, 4097, 5000, 65536])
        inherit = self.chance.randrange(2)
        pipe = Pipe(size)
        self.slots[read] = Handle(pipe, READ, ENDS[READ], inherit)
        self.slots[write] = Handle(pipe, WRITE, ENDS[WRITE], inherit)
        self.say("pipe", read, write, size, inherit)

    def pipe_at(self, at, kind, right=0):
        """The pipe that a handle is such an end of."""
        handle = self.slots[at]
        return handle.thing if handle and handle.kind == kind and handle.access & right == right else None

    def some_size(self, at):
        thing = self.slots[at] and self.slots[at].thing
        most = thing.size if isinstance(thing, Pipe) else 10
        return self.chance.choice([0, 1, 2, 9, 100, 4096, 5000, most, most + 1, self.chance.randrange(most + 1)])

    def size_to_write(self, at):
        """One that does not wait; what it does to the pipe is done."""
        if self.is_server(at) or self.is_client(at):
            return self.size_to_write_named(self.slots[at], self.some_size(at))
        size, pipe = self.some_size(at), self.pipe_at(at, WRITE, WRITE_DATA)
        if pipe and pipe.handles[READ]:
            room = pipe.size - pipe.held
            if pipe.waits[WRITE]:
                size = min(size, room)
            if size <= room:
                pipe.held += size
        return size

    def size_to_read(self, at):
        """The same; None: any would wait."""
        if self.is_server(at) or self.is_client(at):
            return self.size_to_read_named(self.slots[at], self.some_size(at))
        size, pipe = self.some_size(at), self.pipe_at(at, READ, READ_DATA)
        if pipe:
            if pipe.waits[READ] and pipe.held == 0 and pipe.handles[WRITE]:
                return None
            pipe.held -= min(size, pipe.held)
        return size

    def add_write(self, call="write"):
        at = self.any_slot()
        if self.is_taken_for_file(at):
            return self.add_question()
        self.say(call, at, self.size_to_write(at), self.chance.randrange(1 << 16))

    def add_read(self, call="read"):
        at = self.any_slot()
        size = self.size_to_read(at)
        if size is None or self.is_taken_for_file(at):
            return self.add_question()
        self.say(call, at, size)

    def add_peek(self):
        at = self.any_slot()
        if self.is_taken_for_file(at):
            return self.add_question()
        self.say("peek", at, self.some_size(at))

    def add_mode(self):
        at = self.any_slot()
        mode = self.chance.choice([0, 1, 1, 2, 0x40])
        handle = self.slots[at]
        if handle and not self.is_server(at) and not handle.access & WRITE_ATTRIBUTES:  # Wine asks for no right (row 4.1)
            return self.add_question()
        if self.is_server(at) or self.is_client(at):  # which have no other
            mode = 0
        if handle and handle.kind in ENDS and mode in (0, 1):
            handle.thing.waits[handle.kind] = mode == 0
        self.say("mode", at, mode)
