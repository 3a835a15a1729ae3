"""Calls on named pipes: synchronous, of bytes, their servers in the first process."""
from things import (CHILD, FILE, GENERIC_READ, GENERIC_WRITE, MAPPINGS, PARENT, READ, READ_DATA, WRITE, WRITE_DATA, Handle,
                    Thing)

CPP = {
    "server": "h[{0}] = CreateNamedPipeA(name[{1}], {2}, PIPE_TYPE_BYTE, {3}, {4}, {5}, 0, NULL);",
    "client": "h[{0}] = CreateFileA(name[{1}], {2}, 0, /*inheritable*/ {3}, OPEN_EXISTING, 0, NULL);",
    "connect": "ConnectNamedPipe(h[{0}], NULL);",
    "disconnect": "DisconnectNamedPipe(h[{0}]);",
    "flush": "FlushFileBuffers(h[{0}]);",
    "await_server": "WaitNamedPipeA(name[{0}], 1);",
}

SERVER, CLIENT = "server", "client"
INBOUND, OUTBOUND, DUPLEX = 1, 2, 3
LISTENING, CONNECTED, DISCONNECTED = range(3)
ACCESS = {INBOUND: FILE[GENERIC_READ], OUTBOUND: FILE[GENERIC_WRITE],
          DUPLEX: FILE[GENERIC_READ] | FILE[GENERIC_WRITE]}
NAMES = 3
MAPPINGS |= {SERVER: FILE, CLIENT: FILE}


class Name:
    def __init__(self, mode, most, sizes):
        self.mode, self.most, self.sizes = mode, most, sizes
        self.instances, self.listening = [], []  # the latter in the order in which they take clients


class Connection(Thing):
    """`held`: what each end has not read yet."""

    def __init__(self, name):
        super().__init__()
        self.room = {CLIENT: name.sizes[0], SERVER: name.sizes[1]}
        self.held, self.alive = {SERVER: 0, CLIENT: 0}, {SERVER: True, CLIENT: True}
        self.is_cut = False

    def close(self, kind):
        self.alive[kind] = False
        self.held[kind] = 0

    def cut(self):
        self.is_cut = True
        self.held = {SERVER: 0, CLIENT: 0}


class Instance(Thing):
    def __init__(self, name):
        super().__init__()
        self.name, self.connection = name, None
        self.state = LISTENING
        name.instances.append(self)
        name.listening.append(self)

    def close(self, kind):
        self.name.instances.remove(self)
        if self in self.name.listening:
            self.name.listening.remove(self)
        if self.state == CONNECTED:
            self.connection.close(SERVER)


class NamedPipes:
    WEIGHTS = {"server": 12, "client": 25, "connect": 15, "disconnect": 10, "flush": 8, "await_server": 5,
               "waiting_connect": 8}

    def is_server(self, at):
        return self.slots[at] is not None and self.slots[at].kind == SERVER

    def is_anonymous(self, at):
        return self.slots[at] is not None and self.slots[at].kind in (READ, WRITE)

    def is_client(self, at):
        return self.slots[at] is not None and self.slots[at].kind == CLIENT

    @staticmethod
    def connection_of(handle):
        return handle.thing if handle.kind == CLIENT else handle.thing.connection

    def is_open(self, handle, right):
        """Whether a call finds its way to the other end, or to where that was."""
        there = handle.kind == CLIENT or handle.thing.state == CONNECTED
        return there and handle.access & right and not self.connection_of(handle).is_cut

    def size_to_write_named(self, handle, size):
        if not self.is_open(handle, WRITE_DATA):
            return size
        connection, other = self.connection_of(handle), CLIENT if handle.kind == SERVER else SERVER
        if connection.alive[other]:
            size = min(size, connection.room[other] - connection.held[other])
            connection.held[other] += size
        return size

    def size_to_read_named(self, handle, size):
        if not self.is_open(handle, READ_DATA):
            return size
        connection, other = self.connection_of(handle), CLIENT if handle.kind == SERVER else SERVER
        if connection.held[handle.kind] == 0 and connection.alive[other]:
            return None
        connection.held[handle.kind] -= min(size, connection.held[handle.kind])
        return size

    def add_server(self):
        at, number = self.free_slot(), self.chance.randrange(NAMES)
        if at is None or self.who != PARENT:
            return self.add_close()
        name = self.names.get(number)
        if name is None or not name.instances:
            mode, most = self.chance.choice([INBOUND, OUTBOUND, DUPLEX, DUPLEX]), self.chance.choice([1, 2, 3, 255])
            name = self.names[number] = Name(mode, most, [self.chance.choice([4096, 5000, 65536]) for _ in "12"])
        if len(name.instances) < name.most:
            self.slots[at] = Handle(Instance(name), SERVER, ACCESS[name.mode], 0)
        self.say("server", at, number, name.mode, name.most, *name.sizes)

    def add_client(self):
        at, number = self.free_slot(), self.chance.randrange(NAMES)
        if at is None:
            return self.add_close()
        wanted, inherit = self.chance.choice([INBOUND, OUTBOUND, DUPLEX, DUPLEX]), self.chance.randrange(2)
        name = self.names.get(number)
        if name and name.instances and (self.chance.random() < 0.9 or not name.listening or self.who == CHILD):
            wanted = DUPLEX & (name.mode >> 1 | name.mode << 1)  # what one reads the other writes
        if name and name.listening and not wanted & ~(name.mode >> 1 | name.mode << 1):
            self.slots[at] = self.connected(name, wanted, inherit)
        self.say("client", at, number, self.generic(wanted), inherit)

    @staticmethod
    def generic(wanted):
        return (GENERIC_READ if wanted & INBOUND else 0) | (GENERIC_WRITE if wanted & OUTBOUND else 0)

    @staticmethod
    def connected(name, wanted, inherit):
        instance = name.listening.pop(0)
        instance.state, instance.connection = CONNECTED, Connection(name)
        access = (FILE[GENERIC_READ] if wanted & 1 else 0) | (FILE[GENERIC_WRITE] if wanted & 2 else 0) | 0x80
        return Handle(instance.connection, CLIENT, access, inherit)

    def some_server(self):
        own = [at for at in range(len(self.slots)) if self.is_server(at)]
        return self.chance.choice(own) if own and self.chance.random() < 0.9 else self.any_slot()

    def add_connect(self):
        at = self.some_server()
        if self.is_anonymous(at):
            return self.add_question()
        if self.is_server(at) and self.slots[at].thing.state != CONNECTED:
            return self.add_client()
        self.say("connect", at)

    def add_waiting_connect(self):
        """A thread waits for a client, which comes."""
        self.who, self.prefix = PARENT, ""
        at, to = self.some_server(), self.free_slot()
        if to is None or not self.is_server(at) or self.slots[at].thing.state == CONNECTED:
            return self.add_disconnect()
        instance = self.slots[at].thing
        name = instance.name
        if [each for each in name.listening if each is not instance]:
            return self.add_client()
        name.listening = [instance]
        wanted = DUPLEX & (name.mode >> 1 | name.mode << 1)
        number = next(number for number, each in self.names.items() if each is name)
        self.slots[to] = self.connected(name, wanted, 0)
        self.lines += [f"begin connect {at}", f"await_use {at}", f"client {to} {number} {self.generic(wanted)} 0", "join"]

    def add_disconnect(self):
        at = self.some_server()
        if self.is_anonymous(at):
            return self.add_question()
        if self.is_server(at):
            instance = self.slots[at].thing
            if instance.state == CONNECTED:
                instance.connection.cut()
                instance.state = DISCONNECTED
        self.say("disconnect", at)

    def add_flush(self):
        at = self.any_slot()
        if self.is_taken_for_file(at) or self.is_anonymous(at):
            return self.add_question()
        if self.is_server(at) or self.is_client(at):
            handle = self.slots[at]
            if not handle.access & WRITE_DATA:  # Wine asks for no right (row 3.13)
                return self.add_question()
            if self.is_open(handle, WRITE_DATA) and any(self.connection_of(handle).held.values()):
                return self.add_read()
        self.say("flush", at)

    def add_await_server(self):
        if self.who == CHILD:  # where nobody knows whether there is an instance to spare
            return self.add_question()
        self.say("await_server", self.chance.randrange(NAMES))
