#!/usr/bin/env python3
"""kill -9 at random moments: what was acknowledged, or read by anybody, is there after the restart.

usage: aof_crash_test.py REDSTART_SERVER [--rounds N] [--seed N]
Clients count upwards in keys of their own, alone and in transactions, while others read those keys, and now and then the
file is rewritten. The page cache survives the death of a process, so all three fsync policies promise the same here.
"""
import argparse, os, random, shutil, signal, subprocess, sys, tempfile, threading, time

import redis
from servers import free_port, wait_until

WRITERS, READERS = 4, 2


def require(condition, what):
    if not condition:
        sys.exit(f"violated: {what}")


class Process:
    """A server in a folder that outlives it."""

    def __init__(self, binary, folder, *options):
        self.port, self.log = free_port(), os.path.join(folder, "log")
        words = [binary, "--port", str(self.port), "--dir", folder, "--save", "", "--appendonly", "yes", *options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def ready(self):
        wait_until(lambda: "Ready to accept" in self.text() or self.process.poll() is not None, "a server to start")
        require(self.process.poll() is None, f"the server starts:\n{self.text()}")
        return redis.Redis(port=self.port)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=120)


class Writer(threading.Thread):
    def __init__(self, port, number, start):
        super().__init__(daemon=True)
        self.client, self.key, self.acknowledged = redis.Redis(port=port, socket_timeout=60), f"writer:{number}", start

    def run(self):
        n = self.acknowledged
        try:
            while True:
                n += 1
                if n % 3 == 0:
                    with self.client.pipeline(transaction=True) as pipe:
                        pipe.set(self.key, n).set(self.key + ":twin", n).execute()
                else:
                    with self.client.pipeline(transaction=False) as pipe:
                        pipe.set(self.key, n).set(self.key + ":twin", n).rpush(self.key + ":list", n).execute()
                self.acknowledged = n
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            pass


class Reader(threading.Thread):
    def __init__(self, port):
        super().__init__(daemon=True)
        self.client, self.seen = redis.Redis(port=port, socket_timeout=60), {}

    def run(self):
        keys = [f"writer:{i}" for i in range(WRITERS)]
        try:
            while True:
                for key, value in zip(keys, self.client.mget(keys)):
                    self.seen[key] = max(self.seen.get(key, 0), int(value or 0))
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            pass


def run_round(binary, folder, policy, options):
    server = Process(binary, folder, "--appendfsync", policy, *options)
    client = server.ready()
    writers = [Writer(server.port, i, int(client.get(f"writer:{i}") or 0)) for i in range(WRITERS)]
    readers = [Reader(server.port) for _ in range(READERS)]
    for thread in writers + readers:
        thread.start()
    end = time.monotonic() + random.uniform(0.2, 1.2)
    while time.monotonic() < end:
        time.sleep(random.uniform(0.02, 0.3))
        if random.random() < 0.5:
            try:
                client.bgrewriteaof()
            except redis.ResponseError:
                pass  # One is under way.
    server.end(signal.SIGKILL)
    for thread in writers + readers:
        thread.join()
    server = Process(binary, folder, "--appendfsync", policy, *options)
    client = server.ready()
    for writer in writers:
        found = int(client.get(writer.key) or 0)
        require(found >= writer.acknowledged, f"{policy}: {writer.key} is {found}, {writer.acknowledged} was acknowledged")
        twin = int(client.get(writer.key + ":twin") or 0)
        require(twin in (found, found - 1), f"{policy}: {writer.key} is {found}, its twin {twin}")
        for reader in readers:
            seen = reader.seen.get(writer.key, 0)
            require(found >= seen, f"{policy}: {writer.key} is {found}, somebody has read {seen}")
        values = [int(n) for n in client.lrange(writer.key + ":list", 0, -1)]
        require(values == sorted(set(values)), f"{policy}: {writer.key}:list is out of order, or has an element twice")
    require(server.end() == 0, "the server ends in order")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(1 << 30)
    random.seed(seed)
    for policy in ("everysec", "always", "no"):
        for preamble in ("yes", "no"):
            folder = tempfile.mkdtemp(prefix="aof_crash.")
            try:
                rounds = (args.rounds + 1) // 2 if preamble == "yes" else args.rounds // 2
                for number in range(rounds):
                    try:
                        run_round(args.server, folder, policy, ["--aof-use-rdb-preamble", preamble])
                    except SystemExit as failure:
                        sys.exit(f"seed {seed}, {policy}, preamble {preamble}, round {number}: {failure}")
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    print(f"{args.rounds} rounds of each policy, seed {seed}: nothing acknowledged was lost")


if __name__ == "__main__":
    main()
