"""Calls with routines that an alertable wait calls."""
CPP = {
    "read_ex": "over = {{}}; ReadFileEx(h[{0}], buffer, {1}, &over, complete);",
    "write_ex": "over = {{}}; WriteFileEx(h[{0}], buffer, {1}, &over, complete);",
    "result": "GetOverlappedResult(h[{0}], &over, &count, {1});",
    "queue": "QueueUserAPC(be_called, GetCurrentThread(), {0});",
    "queue_there": "QueueUserAPC(be_called, begun.native_handle(), {0});",
    "sleep": "SleepEx({0}, {1});",
    "wait_ex": "WaitForSingleObjectEx(h[{0}], {1}, {2});",
}

INFINITE = 0xffffffff


class Completions:
    WEIGHTS = {"read_ex": 15, "write_ex": 15, "result": 5, "queue": 10, "alertable_wait": 30, "woken_wait": 3}

    def add_read_ex(self):
        self.add_read("read_ex")

    def add_write_ex(self):
        self.add_write("write_ex")

    def add_result(self):
        self.say("result", self.any_slot(), self.chance.randrange(2))

    def add_queue(self):
        self.say("queue", self.chance.randrange(1 << 16))

    def add_alertable_wait(self):
        alertable = self.chance.randrange(3) and 1
        at = self.any_slot()
        if self.chance.randrange(2) or not self.can_wait(at):
            self.say("sleep", 0, alertable)
        else:
            self.say("wait_ex", at, 0, alertable)

    def add_woken_wait(self):
        """A thread sleeps until another one queues a call to it. Whichever is first, the outcome is the same."""
        lines = [f"begin sleep {INFINITE} 1"] + [f"queue_there {self.chance.randrange(1 << 16)}"] + ["join"]
        self.lines += [self.who + line for line in lines]
