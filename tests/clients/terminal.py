"""redis-cli as somebody at a keyboard uses it."""
import os, pty, select, sys, time

from servers import PATIENCE


class Terminal:
    """An interactive redis-cli on a pseudo-terminal."""

    def __init__(self, port):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", REDISCLI_HISTFILE="/dev/null")
            os.execvp("redis-cli", ["redis-cli", "-p", str(port)])
        self.seen = ""

    def expect(self, text):
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            if not select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"redis-cli does not show {text!r} but {self.seen!r}")
            try:
                self.seen += os.read(self.descriptor, 65536).decode(errors="replace")
            except OSError:
                sys.exit(f"redis-cli has ended without showing {text!r} but {self.seen!r}")
        self.seen = self.seen.partition(text)[2]

    def type(self, line):
        os.write(self.descriptor, line.encode() + b"\r")

    def close(self):
        self.type("quit")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        if status != 0:
            sys.exit(f"redis-cli ended with {status}")
