#!/usr/bin/env python3
"""Runs the same random command sequences on Redstart and on redis-server and compares every reply byte for byte.

usage: differential_test.py --server build/release/redstart-server [--seeds N] [--first SEED] [--peer redis-server]

Each seed is a sequence of some 60 commands from three connections, in RESP2 or RESP3. At its end both data sets must be
equal: keys, values and deadlines in every database. exceptions.tsv lists the replies that cannot be equal, and why.
"""
import argparse, os, random, shutil, signal, socket, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generator import Generator
from resp import Client, decode

CONNECTIONS = 3
COMMANDS = 60


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# Where a save never waits for a disk, for that would make deadlines differ.
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Server:
    def __init__(self, binary):
        self.dir = tempfile.mkdtemp(prefix="differential.", dir=IN_MEMORY)
        self.port = free_port()
        self.process = subprocess.Popen([binary, "--port", str(self.port), "--save", "", "--dir", self.dir, "--enable-debug-command", "yes", "--loglevel", "warning"],
                                        stdout=open(os.path.join(self.dir, "log"), "w"), stderr=subprocess.STDOUT)
        deadline = time.time() + 30
        while True:
            try:
                client = Client(self.port)
                client.ask("PING")
                client.close()
                return
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    sys.exit(f"{binary} did not start: {open(os.path.join(self.dir, 'log')).read()}")
                time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        shutil.rmtree(self.dir, ignore_errors=True)


def load_exceptions():
    table = {}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions.tsv")) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                command, comparison, _ = line.rstrip("\n").split("\t")
                table[command] = comparison
    return table


def comparison_of(args, exceptions):
    words = [arg.decode("latin-1").upper() for arg in args[:2]]
    return exceptions.get(" ".join(words)) or exceptions.get(words[0])


def equal(mine, theirs, comparison):
    if mine == theirs:
        return True
    if comparison == "refusal":
        return mine[:1] == theirs[:1] == b"-"
    if comparison is None or mine[:1] == b"-" or theirs[:1] == b"-":
        return False
    a, b = decode(mine)[0], decode(theirs)[0]
    if comparison == "unordered":
        return isinstance(a, list) and isinstance(b, list) and sorted(a) == sorted(b)
    if comparison == "pairs":
        return isinstance(a, list) and isinstance(b, list) and mine[:1] == theirs[:1] and pairs_of(a) == pairs_of(b)
    if comparison == "choice":
        return mine[:1] == theirs[:1] and shape_of(a) == shape_of(b)
    if comparison == "scan_pairs":
        # A small hash comes whole; of a large one a step may return any part.
        if not isinstance(a, list) or not isinstance(b, list) or len(a) != 2 or len(b) != 2:
            return False
        return a[0] != b"0" or b[0] != b"0" or pairs_of(a[1]) == pairs_of(b[1])
    if comparison == "scan_members":
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) == 2 and (a[0] != b"0" or b[0] != b"0" or sorted(a[1]) == sorted(b[1]))
    if comparison == "kind":
        return mine[:1] == theirs[:1] and (a is None) == (b is None)
    if comparison.startswith("near:"):
        return isinstance(a, int) and isinstance(b, int) and (a < 0) == (b < 0) and abs(a - b) <= int(comparison[5:])
    if comparison == "scan":
        # Cursors are opaque; the sequences ask for everything in one step.
        return isinstance(a, list) and isinstance(b, list) and mine[:1] == theirs[:1] and len(a) == len(b) == 2
    if comparison == "encoding":
        # Redis 7.2's lists and sets may be listpacks, those of 7.0 are quicklists and tables.
        return a == b"listpack" and b in (b"quicklist", b"hashtable", b"skiplist")
    if comparison == "hello":
        return isinstance(a, list) and isinstance(b, list) and a[0::2] == b[0::2]
    return False


def pairs_of(flat):
    return sorted(zip(flat[0::2], flat[1::2]))


def shape_of(reply):
    return [shape_of(item) for item in reply] if isinstance(reply, list) else reply is None


class Transactions:
    """What EXEC will answer is compared like the commands that were queued."""

    def __init__(self):
        self.queued = None

    def note(self, args, reply):
        name = args[0].upper()
        if name == b"MULTI" and reply == b"+OK\r\n":
            self.queued = []
        elif name in (b"EXEC", b"DISCARD", b"RESET") and not reply.startswith(b"-ERR wrong"):
            self.queued = None
        elif self.queued is not None and reply == b"+QUEUED\r\n":
            self.queued.append(args)

    def equal_exec(self, mine, theirs, exceptions):
        if mine == theirs:
            return True
        if mine[:1] != b"*" or theirs[:1] != b"*" or mine.split(b"\r\n")[0] != theirs.split(b"\r\n")[0] or not self.queued:
            return False
        return all(equal(a, b, comparison_of(args, exceptions)) for a, b, args in zip(split_array(mine), split_array(theirs), self.queued))


def split_array(raw):
    count, _, rest = raw.partition(b"\r\n")
    items = []
    for _ in range(int(count[1:])):
        after = decode(rest)[1]
        items.append(rest[:len(rest) - len(after)])
        rest = after
    return items


def value_of(client, key):
    """The value of a key, whatever its type, as something that can be compared."""
    kind = decode(client.ask("TYPE", key))[0]
    if kind == b"hash":
        return pairs_of(decode(client.ask("HGETALL", key))[0])
    if kind == b"zset":
        return client.ask("ZRANGE", key, "0", "-1", "WITHSCORES")
    if kind == b"set":
        return sorted(decode(client.ask("SMEMBERS", key))[0])
    if kind == b"list":
        return client.ask("LRANGE", key, "0", "-1")
    if kind == b"stream":
        return client.ask("XRANGE", key, "-", "+"), client.ask("XINFO", "GROUPS", key)
    return client.ask("GET", key)


def encoding_of(client, key):
    """Its encoding, where versions agree about it: small lists and sets have another one since Redis 7.2, and SORT makes Redis's sorted sets large."""
    encoding, kind = decode(client.ask("OBJECT", "ENCODING", key))[0], decode(client.ask("TYPE", key))[0]
    if kind in (b"list", b"zset"):
        return kind
    return b"hashtable" if encoding == b"listpack" and kind == b"set" else encoding


def data_of(client):
    """Every key of every database with its value and absolute deadline."""
    data = {}
    for database in range(16):
        client.ask("SELECT", str(database))
        for key in sorted(decode(client.ask("KEYS", "*"))[0]):
            data[database, key] = (value_of(client, key), client.ask("PEXPIRETIME", key), encoding_of(client, key))
    return data


def run_seed(seed, ports, exceptions):
    generator = Generator(seed)
    rng = random.Random(-seed)
    clients = [[Client(port) for port in ports] for _ in range(CONNECTIONS)]
    history = []
    try:
        for pair in clients:
            for client in pair:
                client.ask("CLIENT", "SETNAME", "seed")
                if seed % 2:
                    client.ask("HELLO", "3")
        for client in clients[0]:
            client.ask("FLUSHALL")
        transactions = [Transactions() for _ in clients]
        for _ in range(COMMANDS):
            which = rng.randrange(CONNECTIONS)
            args = generator.command()
            mine, theirs = (client.ask(*args) for client in clients[which])
            history.append(f"  [{which}] {args!r:.300}")
            state = transactions[which]
            if args[0].upper() == b"EXEC":
                same = state.equal_exec(mine, theirs, exceptions)
            else:
                same = equal(mine, theirs, comparison_of(args, exceptions))
            if not same:
                return "\n".join(history[-25:]) + f"\n  redstart:     {mine!r:.500}\n  redis-server: {theirs!r:.500}"
            state.note(args, mine)
            if args[0].upper() == b"DUMP" and mine[:1] == b"$" and not mine.startswith(b"$-1"):
                # Either server must take the other's payload.
                generator.dumps = (generator.dumps + [decode(mine)[0], decode(theirs)[0]])[-8:]
        for pair in clients:
            for client in pair:
                client.ask("RESET")
        mine, theirs = (data_of(client) for client in clients[0])
        relative = {key for key in mine if key in theirs and mine[key] != theirs[key] and close_deadlines(mine[key], theirs[key])}
        if {k: v for k, v in mine.items() if k not in relative} != {k: v for k, v in theirs.items() if k not in relative}:
            keys = [k for k in set(mine) | set(theirs) if mine.get(k) != theirs.get(k) and k not in relative]
            return "\n".join(history) + "".join(f"\n  data of {k!r:.60}: redstart {mine.get(k)!r:.200}, redis-server {theirs.get(k)!r:.200}" for k in keys)
        return None
    finally:
        for pair in clients:
            for client in pair:
                client.close()


def close_deadlines(mine, theirs):
    """Deadlines that were given relative to now differ by what lies between the two requests."""
    a, b = decode(mine[1])[0], decode(theirs[1])[0]
    return (mine[0], mine[2]) == (theirs[0], theirs[2]) and a > 0 and b > 0 and abs(a - b) <= 2000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--peer", default="redis-server")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep-going", action="store_true", help="report every failing seed, not only the first five")
    args = parser.parse_args()
    exceptions = load_exceptions()
    servers = [Server(args.server), Server(args.peer)]
    failed = []
    try:
        for seed in range(args.first, args.first + args.seeds):
            difference = run_seed(seed, [server.port for server in servers], exceptions)
            if difference:
                failed.append(seed)
                print(f"seed {seed}:\n{difference}\n", flush=True)
                if len(failed) >= 5 and not args.keep_going:
                    break
    finally:
        for server in servers:
            server.stop()
    print(f"{args.seeds} seeds, {len(failed)} differ" + (f": {failed}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
