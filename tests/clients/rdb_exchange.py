#!/usr/bin/env python3
"""RDB files go both ways between redstart-server and redis-server, and survive what may happen to a save.

usage: rdb_exchange.py REDSTART_SERVER [--redis REDIS_SERVER]
"""
import argparse, os, random, resource, shutil, signal, subprocess, sys, tempfile, time

import redis
from servers import free_port, wait_until


class Process:
    """A server in a folder of its own or of the caller's; its log tells when it is ready."""

    def __init__(self, binary, folder, *options, limit=None):
        self.port, self.folder = free_port(), folder
        self.log = os.path.join(folder, f"log.{self.port}")
        words = [binary, "--port", str(self.port), "--dir", folder, *options]
        preexec = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, preexec_fn=preexec)

    def ready(self):
        wait_until(lambda: "Ready to accept" in self.text() or self.process.poll() is not None, "a server to start")
        if self.process.poll() is not None:
            sys.exit(f"the server does not start:\n{self.text()}")
        return redis.Redis(port=self.port, decode_responses=False)

    def text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=120)


def require(condition, what):
    if not condition:
        sys.exit(f"violated: {what}")


def content(client, databases=16):
    """Everything that a server holds: database and key, to value and absolute deadline."""
    found = {}
    for number in range(databases):
        one = redis.Redis(port=client.connection_pool.connection_kwargs["port"], db=number)
        keys = list(one.scan_iter(count=1000))
        for begin in range(0, len(keys), 500):
            batch = keys[begin:begin + 500]
            pipe = one.pipeline(transaction=False)
            for key in batch:
                pipe.execute_command("DUMP", key)
                pipe.pexpiretime(key)
            replies = pipe.execute()
            for i, key in enumerate(batch):
                # Without the footer, which says the writer's version.
                found[number, key] = (replies[2 * i][:-10], replies[2 * i + 1])
    return found


def fill(client, seed, count=5000):
    """Strings of all forms, in several databases, some with deadlines."""
    rnd = random.Random(seed)
    port = client.connection_pool.connection_kwargs["port"]
    for number in (0, 1, 9, 15):
        pipe = redis.Redis(port=port, db=number).pipeline(transaction=False)
        for i in range(count // 4):
            key = rnd.choice([f"key:{i}", f"{i}", rnd.randbytes(rnd.randrange(1, 40)), b"k" * rnd.randrange(250, 300) + str(i).encode()])
            value = rnd.choice([lambda: str(rnd.randrange(-10**rnd.randrange(1, 19), 10**rnd.randrange(1, 19))), lambda: rnd.randbytes(rnd.randrange(0, 100)),
                                lambda: b"abc" * rnd.randrange(0, 2000), lambda: b"", lambda: rnd.randbytes(rnd.randrange(0, 5000)), lambda: "0012", lambda: "1e5"])()
            pipe.set(key, value, px=rnd.choice([None, None, None, 10**7, 10**10]))
        pipe.execute()
    client.set("large", rnd.randbytes(1 << 20) + b"z" * (20 << 20))


def check_exchange(ours, theirs):
    with tempfile.TemporaryDirectory() as folder:
        server = Process(ours, folder, "--save", "")
        client = server.ready()
        fill(client, 1)
        expected = content(client)
        client.save()
        check = subprocess.run(["redis-check-rdb", os.path.join(folder, "dump.rdb")], capture_output=True, text=True)
        require(check.returncode == 0 and "RDB looks OK" in check.stdout, f"redis-check-rdb accepts our file: {check.stdout}")
        server.end()
        for version in ("9", "10"):
            server = Process(ours, folder, "--save", "", "--rdb-version", version)
            client = server.ready()
            require(content(client) == expected, "we load our own file")
            client.bgsave()
            wait_until(lambda: client.info("persistence")["rdb_bgsave_in_progress"] == 0, "BGSAVE")
            server.end()
            peer = Process(theirs, folder, "--save", "")
            require(content(peer.ready()) == expected, f"redis-server loads our file of version {version}")
            peer.end(signal.SIGKILL)
        for compression, checksum in (("yes", "yes"), ("no", "no")):
            peer = Process(theirs, folder, "--save", "", "--rdbcompression", compression, "--rdbchecksum", checksum)
            client = peer.ready()
            client.flushall()
            fill(client, 2)
            expected = content(client)
            client.save()
            peer.end(signal.SIGKILL)
            server = Process(ours, folder, "--save", "", "--rdbcompression", compression)  # DUMP heeds it as well.
            require(content(server.ready()) == expected, "we load redis-server's file")
            server.end()


def check_kill(ours):
    """kill -9 in mid-save leaves the old file; the next start loads it."""
    with tempfile.TemporaryDirectory() as folder:
        server = Process(ours, folder, "--save", "", "--rdb-key-save-delay", "0")
        client = server.ready()
        for i in range(100):
            client.set(f"k{i}", "old")
        client.save()
        client.config_set("rdb-key-save-delay", 20000)
        for i in range(100):
            client.set(f"k{i}", "new")
        client.bgsave()
        wait_until(lambda: client.info("persistence")["current_save_keys_processed"] > 5, "the save to be under way")
        server.end(signal.SIGKILL)
        server = Process(ours, folder, "--save", "")
        client = server.ready()
        require({client.get(f"k{i}") for i in range(100)} == {b"old"}, "kill -9 leaves the old file whole")
        server.end()


def check_full_disk(ours):
    """A file that may not grow is what a full disk is: reported, survived, the old file whole."""
    with tempfile.TemporaryDirectory() as folder:
        server = Process(ours, folder, "--save", "3600 1", "--rdbcompression", "no", limit=300_000)
        client = server.ready()
        client.set("k", "old")
        client.save()
        before = open(os.path.join(folder, "dump.rdb"), "rb").read()
        client.set("large", b"x" * 1_000_000)
        client.bgsave()
        wait_until(lambda: client.info("persistence")["rdb_bgsave_in_progress"] == 0, "BGSAVE")
        require(client.info("persistence")["rdb_last_bgsave_status"] == "err", "INFO tells of the failure")
        require("Write error" in server.text() and "Background saving error" in server.text(), "and so does the log")
        require(open(os.path.join(folder, "dump.rdb"), "rb").read() == before, "the old file is whole")
        require([name for name in os.listdir(folder) if name.startswith("temp")] == [], "no temporary file is left")
        try:
            client.set("k", "new")
            sys.exit("violated: writes are refused")
        except redis.ResponseError as error:
            require(str(error).startswith("MISCONF Redis is configured to save RDB snapshots"), f"the refusal is MISCONF: {error}")
        require(client.get("k") == b"old", "reads go on")
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "can't exit" in server.text(), "the end to be refused")
        client.config_set("stop-writes-on-bgsave-error", "no")
        client.delete("large")
        client.bgsave()
        wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "ok", "a save that works again")
        require(server.end() == 0, "the server ends in order")


def check_damage(ours):
    """A damaged file ends the start with exit code 1 and a message that names the file."""
    with tempfile.TemporaryDirectory() as folder:
        server = Process(ours, folder, "--save", "")
        server.ready().set("k", "v")
        redis.Redis(port=server.port).save()
        server.end()
        path = os.path.join(folder, "dump.rdb")
        good = open(path, "rb").read()
        for damaged, word in ((good[:-8] + b"foobar00", "RDB CRC error"), (good[:-12], "Unexpected EOF"), (b"nonsense!", "Wrong signature"),
                              (b"REDIS0099" + good[9:], "format version 99"), (good[:9] + b"\x63\x01kx", "Unknown RDB encoding type 99")):
            open(path, "wb").write(damaged)
            server = Process(ours, folder, "--save", "")
            require(server.process.wait(timeout=120) == 1, "the exit code is 1")
            text = server.text()
            require(word in text and "dump.rdb" in text, f"the message says {word} and names the file: {text}")
            require("Fatal error loading" in text.splitlines()[-1], "the last line says what became of it")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--redis", default="redis-server")
    args = parser.parse_args()
    if shutil.which(args.redis) is None:
        sys.exit(f"{args.redis} is not installed")
    check_exchange(args.server, args.redis)
    check_kill(args.server)
    check_full_disk(args.server)
    check_damage(args.server)


main()
