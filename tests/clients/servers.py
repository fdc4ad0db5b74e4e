"""Servers as child processes on free ports, in temporary directories that go away with them."""
import os, shutil, signal, socket, subprocess, sys, tempfile, time

PATIENCE = 120  # Seconds after which something that is waited for counts as failed.


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waited in vain: {what}")
        time.sleep(0.01)


class Server:
    """redstart-server or redis-server; `options` as on their command line."""

    def __init__(self, binary, *options):
        self.dir = tempfile.mkdtemp(prefix="clients.")
        self.log = os.path.join(self.dir, "log")
        for _ in range(5):  # Somebody else may take the port in between.
            self.port = free_port()
            words = [binary, "--port", str(self.port), "--dir", self.dir, "--save", "", *options]
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
            wait_until(lambda: self.is_ready() or self.process.poll() is not None, f"{binary} to start")
            if self.is_ready():
                return
        sys.exit(f"{binary} does not start: {open(self.log).read()}")

    def is_ready(self):
        with open(self.log, errors="replace") as log:
            return "Ready to accept" in log.read()

    def stop(self):
        """Ends the server in order; a server that has crashed, or ends with an error, fails the test."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        with open(self.log, errors="replace") as log:
            text = log.read()
        shutil.rmtree(self.dir, ignore_errors=True)
        if code != 0:
            sys.exit(f"the server ended with {code}:\n{text}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None and sys.exc_info()[0] is None:
            return self.stop()
        crashed = self.process.poll()
        self.process.kill()
        self.process.wait()
        if crashed is not None:
            print(f"the server ended by itself with {crashed}:\n{open(self.log, errors='replace').read()}", file=sys.stderr)
        shutil.rmtree(self.dir, ignore_errors=True)
