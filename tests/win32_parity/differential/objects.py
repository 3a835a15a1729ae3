"""Calls on events, mutexes, semaphores and jobs. No wait waits, so nobody needs to know who owns what."""
from things import CHILD, GENERIC_READ, GENERIC_WRITE, MAPPINGS, PARENT, Handle, Thing

CPP = {
    "event": "h[{0}] = CreateEventA(/*inheritable*/ {3}, {1}, {2}, NULL);",
    "mutex": "h[{0}] = CreateMutexA(NULL, {1}, NULL);",
    "semaphore": "h[{0}] = CreateSemaphoreA(/*inheritable*/ {3}, {1}, {2}, NULL);",
    "set": "SetEvent(h[{0}]);",
    "reset": "ResetEvent(h[{0}]);",
    "unlock": "ReleaseMutex(h[{0}]);",
    "post": "ReleaseSemaphore(h[{0}], {1}, &before);",
    "wait_many": "WaitForMultipleObjects({1}, /*some of h*/ pick({2}, {3}, {4}, {5}).data(), {0}, 0);",
    "job": "h[{0}] = CreateJobObjectA(NULL, NULL);",
    "assign": "AssignProcessToJobObject(h[{0}], second_process);",
    "in_job": "IsProcessInJob(second_process, h[{0}], &is);",
    "end_job": "TerminateJobObject(h[{0}], {1});",
}

EVENT, MUTEX, SEMAPHORE, JOB = "event", "mutex", "semaphore", "job"
ALL = {EVENT: 0x1f0003, MUTEX: 0x1f0001, SEMAPHORE: 0x1f0003, JOB: 0x1f001f}
# Source: the generic mappings of these in the reference of the kernel.
MAPPINGS |= {EVENT: {GENERIC_READ: 0x20001, GENERIC_WRITE: 0x20002}, MUTEX: {GENERIC_READ: 0x20001, GENERIC_WRITE: 0x20000},
             SEMAPHORE: {GENERIC_READ: 0x20001, GENERIC_WRITE: 0x20002}, JOB: {GENERIC_READ: 0x20004, GENERIC_WRITE: 0x2000b}}


class Objects:
    WEIGHTS = {"event": 6, "mutex": 4, "semaphore": 6, "signal": 30, "wait_many": 20, "job": 2, "job_call": 6}

    def keep(self, kind, thing, *words, inherit=0):
        at = self.free_slot()
        if at is None:
            return self.add_close()
        self.slots[at] = Handle(thing, kind, ALL[kind], inherit)
        self.say(kind, at, *words)

    def add_event(self):
        inherit = self.chance.randrange(2)
        self.keep(EVENT, Thing(), self.chance.randrange(2), self.chance.randrange(2), inherit, inherit=inherit)

    def add_mutex(self):
        """Not inherited: one whose owner's process has ended stays owned here."""
        self.keep(MUTEX, Thing(), self.chance.randrange(2))

    def add_semaphore(self):
        inherit, most = self.chance.randrange(2), self.chance.choice([1, 2, 5, 0x7fffffff])
        self.keep(SEMAPHORE, Thing(), self.chance.choice([0, 1, most]), most, inherit, inherit=inherit)

    def some_of(self, *kinds):
        own = [at for at, handle in enumerate(self.slots) if handle and handle.kind in kinds]
        return self.chance.choice(own) if own and self.chance.random() < 0.9 else self.any_slot()

    def add_signal(self):
        """None by nothing or less, which Wine lets pass."""
        call = self.chance.choice(["set", "reset", "unlock", "post", "post"])
        at = self.some_of({"unlock": MUTEX, "post": SEMAPHORE}.get(call, EVENT))
        self.say(call, at, *([self.chance.choice([1, 1, 2, 5, 0x7fffffff])] if call == "post" else []))

    def add_wait_many(self):
        slots = self.chance.sample(range(len(self.slots)), self.chance.randrange(1, 4))
        slots[0] = self.some_of(EVENT, MUTEX, SEMAPHORE)
        things = [self.slots[at].thing for at in slots if self.slots[at]]
        if len(set(slots)) < len(slots) or len(set(things)) < len(things) or not all(map(self.can_wait, slots)):
            return self.add_signal()
        self.say("wait_many", self.chance.randrange(2), len(slots), *slots, *[slots[0]] * (4 - len(slots)))

    def add_job(self):
        if self.who == PARENT:
            self.keep(JOB, Thing())

    def add_job_call(self):
        """Of the second process, once: a job cannot be left."""
        self.who, self.prefix = PARENT, ""
        jobs = [at for at, handle in enumerate(self.slots) if handle and handle.kind == JOB]
        if not jobs:
            return self.add_job()
        at = self.chance.choice(jobs)
        if CHILD not in self.tables:
            return self.add_child()
        if not self.slots[at].access & 1 or self.child_has_job:
            return self.say("in_job", at)
        self.child_has_job = True
        self.say("assign", at)
        self.say("in_job", at)
        if self.chance.randrange(2) and self.slots[at].access & 8:
            self.say("end_job", at, self.chance.choice([0, 1, 259, 0x80000001]))
            self.add_child()
