#!/usr/bin/env python3
"""Loads every package record of this machine's Debian lists into Redstart while other clients are at work, and checks that
all keys, values and deadlines equal those of a redis-server that was given the same.

usage: packages_test.py --server build/release/redstart-server [--peer redis-server] [--node-path node_modules]

The records come from `apt-cache dumpavail`, or from /var/lib/dpkg/status when the lists are empty. Each is a string key
package:<name>:<version>; every tenth has a deadline, EX and PXAT in turn. `redis-cli --pipe` loads them. Meanwhile
python3-redis, node-redis, redis-benchmark, `redis-cli --stat`, `redis-cli --scan` and an interactive redis-cli run.
"""
import argparse, os, re, signal, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "differential")]
from resp import encode
from servers import PATIENCE, Server
from terminal import Terminal

TTL_SECONDS = 100_000


def package_records():
    run = subprocess.run(["apt-cache", "dumpavail"], capture_output=True)
    text = run.stdout
    if run.returncode != 0 or text.count(b"\nPackage: ") < 100:
        with open("/var/lib/dpkg/status", "rb") as status:
            text = status.read()
    for record in re.split(rb"\n\n+", text):
        name = re.search(rb"^Package: (.+)$", record, re.M)
        version = re.search(rb"^Version: (.+)$", record, re.M)
        if name and version:
            yield b"package:%b:%b" % (name[1], version[1]), record


def requests_of(records):
    """The SETs, and the names of the keys with a relative and with an absolute deadline."""
    requests, relative, absolute = [], [], []
    base = int(time.time() * 1000) + 1_000_000_000
    for i, (key, record) in enumerate(records):
        words = [b"SET", key, record]
        if i % 20 == 0:
            words += [b"EX", b"%d" % TTL_SECONDS]
            relative.append(key)
        elif i % 20 == 10:
            words += [b"PXAT", b"%d" % (base + i)]
            absolute.append(key)
        requests.append(encode(words))
    return requests, relative, absolute


def load(port, requests, failures):
    run = subprocess.run(["redis-cli", "-p", str(port), "--pipe"], input=b"".join(requests), capture_output=True)
    if run.returncode != 0 or f"errors: 0, replies: {len(requests)}".encode() not in run.stdout:
        failures.append(f"redis-cli --pipe into port {port}: {run.stdout!r} {run.stderr!r}")


class Companions:
    """Other clients, each working again and again on databases of its own, or reading, until stop()."""

    def __init__(self, port, node_path):
        self.port, self.failures, self.rounds, self.stopping = str(port), [], {}, threading.Event()
        self.threads = [threading.Thread(target=self.repeat, args=(name, action)) for name, action in (
            ("redis-benchmark", self.benchmark), ("redis-cli --scan", self.scan), ("redis-cli", self.interactive),
            ("python3-redis", self.python), ("node-redis", lambda: self.node(node_path)))]
        if node_path is None:
            self.threads.pop()
        self.statistics = subprocess.Popen(["stdbuf", "-oL", "redis-cli", "-p", self.port, "--stat", "-i", "0.1"], stdout=subprocess.PIPE, text=True)
        for thread in self.threads:
            thread.start()

    def repeat(self, name, action):
        """At least once, so that every client is heard even if loading takes no time."""
        while not self.rounds.get(name) or not self.stopping.is_set():
            try:
                action()
            except (AssertionError, OSError, SystemExit, subprocess.TimeoutExpired) as reason:
                self.failures.append(f"{name}: {reason}")
                return
            self.rounds[name] = self.rounds.get(name, 0) + 1

    def run(self, *words, **options):
        run = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=PATIENCE, **options)
        assert run.returncode == 0, f"{words} ended with {run.returncode}: {run.stdout[-500:]}{run.stderr[-500:]}"
        return run.stdout

    def benchmark(self):
        out = self.run("redis-benchmark", "-p", self.port, "--dbnum", "9", "-t", "set,get,incr", "-n", "10000", "-P", "8", "-q")
        assert "rror" not in out, out

    def scan(self):
        for name in self.run("redis-cli", "-p", self.port, "--scan", "--pattern", "package:lib*").splitlines():
            assert name.startswith("package:lib"), name

    def interactive(self):
        terminal = Terminal(self.port)
        terminal.expect("> ")
        terminal.type("SELECT 8")
        terminal.expect("[8]> ")
        terminal.type("INCRBY visits 1")
        terminal.expect("(integer) ")
        terminal.type("SELECT 0")
        terminal.type("DBSIZE")
        terminal.expect("(integer) ")
        terminal.close()

    def python(self):
        script = (
            "import redis, sys\n"
            "r, other = (redis.Redis(port=int(sys.argv[1]), db=db) for db in (0, 7))\n"
            "for i in range(300):\n"
            "    key = r.randomkey()\n"
            "    assert key is None or key.startswith(b'package:'), key\n"
            "    record = r.get(key) if key else None\n"
            "    assert record is None or b'Package: ' in record, record\n"
            "    with other.pipeline() as pipe:\n"
            "        first, second = pipe.set('a', i, px=50000).incr('a').execute()\n"
            "        assert (first, second) == (True, i + 1), (first, second)\n")
        self.run("/usr/bin/python3", "-c", script, self.port)

    def node(self, node_path):
        script = (
            "const {createClient} = require('redis');\n"
            "(async () => {\n"
            "  const client = createClient({url: `redis://127.0.0.1:${process.argv[1]}/6`, RESP: 3});\n"
            "  await client.connect();\n"
            "  for (let i = 0; i < 100; ++i) {\n"
            "    const replies = await client.multi().set('a', `${i}`).incr('a').get('a').exec();\n"
            "    if (replies[2] !== `${i + 1}`) throw new Error(`${i}: ${replies}`);\n"
            "    await Promise.all(Array.from({length: 50}, (_, j) => client.set(`k:${j}`, `${i}`)));\n"
            "  }\n"
            "  await client.quit();\n"
            "})().catch((error) => { console.error(error); process.exit(1); });\n")
        self.run("node", "-e", script, self.port, env={**os.environ, "NODE_PATH": node_path})

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        self.statistics.send_signal(signal.SIGINT)
        lines = [line for line in self.statistics.communicate(timeout=PATIENCE)[0].splitlines() if line[:1].isdigit()]
        if not lines:
            self.failures.append("redis-cli --stat showed nothing")
        return self.failures


class Pipeline:
    """Many requests at once, through redis-cli's own way of reading: raw sockets and exact bytes."""

    def __init__(self, port):
        from resp import Client
        self.client = Client(port, timeout=PATIENCE)

    def ask_all(self, commands):
        replies = []
        for start in range(0, len(commands), 1000):
            batch = commands[start:start + 1000]
            self.client.socket.sendall(b"".join(encode(words) for words in batch))
            replies += [self.client.read() for _ in batch]
        return replies

    def all_keys(self):
        run = subprocess.run(["redis-cli", "-p", str(self.client.socket.getpeername()[1]), "--scan"], capture_output=True, check=True)
        return run.stdout.splitlines()


def compare(mine, theirs, relative, absolute):
    """A list of what differs."""
    problems = []
    keys = mine.all_keys()
    if sorted(keys) != sorted(theirs.all_keys()):
        problems.append("the keys differ")
    if len(keys) != len(set(keys)):
        problems.append("SCAN repeated a key though nothing changed")
    for command in (b"GET", b"TYPE", b"STRLEN"):
        commands = [[command, key] for key in keys]
        for key, ours, peers in zip(keys, mine.ask_all(commands), theirs.ask_all(commands)):
            if ours != peers:
                problems.append(f"{command.decode()} {key.decode()}: {ours[:100]!r} instead of {peers[:100]!r}")
    # A relative deadline counts from the moment of its SET, which differs by how long loading took.
    relative = set(relative) - set(absolute)
    commands = [[b"PEXPIRETIME", key] for key in keys]
    for key, ours, peers in zip(keys, mine.ask_all(commands), theirs.ask_all(commands)):
        near = key in relative and abs(int(ours[1:]) - int(peers[1:])) < PATIENCE * 1000 and int(ours[1:]) > 0
        if ours != peers and not near:
            problems.append(f"PEXPIRETIME {key.decode()}: {ours!r} instead of {peers!r}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--peer", default="redis-server")
    parser.add_argument("--node-path")
    args = parser.parse_args()
    started = time.monotonic()
    requests, relative, absolute = requests_of(package_records())
    if len(requests) < 50:
        sys.exit("this machine has no package records")
    with Server(args.server, "--io-threads", "2") as server, Server(args.peer) as peer:
        companions = Companions(server.port, args.node_path)
        failures = []
        loaders = [threading.Thread(target=load, args=(port, requests, failures)) for port in (server.port, peer.port)]
        for loader in loaders:
            loader.start()
        for loader in loaders:
            loader.join()
        loaded = time.monotonic()
        failures += companions.stop()
        failures += compare(Pipeline(server.port), Pipeline(peer.port), relative, absolute)
        for failure in failures[:20]:
            print(failure, file=sys.stderr)
        if failures:
            sys.exit(f"{len(failures)} failures")
    rounds = ", ".join(f"{name} {count}x" for name, count in companions.rounds.items())
    print(f"{len(requests)} records ({sum(map(len, requests)) >> 20} MiB), {len(relative) + len(absolute)} with a deadline: equal. "
          f"Loaded in {loaded - started:.1f} s beside {rounds}; {time.monotonic() - started:.1f} s in all")


main()
