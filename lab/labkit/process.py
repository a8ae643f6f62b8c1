"""Starting and ending one server process inside the lab."""

import os
import signal
import subprocess
import time


class Process:
    """A server in its own process group, so that its children end with it."""

    def __init__(self, command, environment, log, root=None):
        self.log = log
        output = open(log, "ab")
        with output:
            self.child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=(lambda: _enter(root)) if root else None)

    def running(self):
        return self.child.poll() is None

    def hang_up(self):
        self.child.send_signal(signal.SIGHUP)

    def children(self):
        """Process ids of the workers that it has now."""
        with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children", encoding="ascii") as list_:
            return set(list_.read().split())

    def end(self):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()

    def last_words(self):
        """The end of its log, for an error message."""
        with open(self.log, "rb") as log:
            return log.read()[-1500:].decode("utf-8", "replace")


def _enter(root):
    os.chroot(root)
    os.chdir("/")


def wait_until(check, limit_s, what):
    """Polls check() until it is true.  No sleep is longer than 20 ms."""
    end = time.monotonic() + limit_s
    pause = 0.002
    while not check():
        if time.monotonic() > end:
            raise RuntimeError(f"gave up after {limit_s} s waiting for {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
