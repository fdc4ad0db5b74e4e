#!/usr/bin/env python3
"""Seven clients, of which many wait for keys: the same random sequence on Redstart and on redis-server, and after every
command the same clients must have got the same replies, and the same ones must still wait.

usage: blocking_test.py --server build/release/redstart-server [--seeds N] [--first SEED] [--peer redis-server]

Lists and streams have keys of their own, nobody waits for several lists, and nothing is deleted from streams: there Redis 7.0,
the peer, serves waiters otherwise than 7.2, which runs their commands again as they stand.
"""
import argparse, random, select, sys, time

from differential_test import Server
from resp import Client, encode

CLIENTS = 7
COMMANDS = 150
LISTS = ["list%d" % i for i in range(5)]
STREAMS = ["stream%d" % i for i in range(3)]


class Commands:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, options):
        return self.random.choice(options)

    def waiting(self):
        a, b, stream, consumer = self.pick(LISTS), self.pick(LISTS), self.pick(STREAMS), self.pick("ab")
        ends = [self.pick(["LEFT", "RIGHT"]) for _ in range(2)]
        return self.pick([["BLPOP", a, "0"], ["BRPOP", a, "0"], ["BLMOVE", a, b, *ends, "0"], ["BLMOVE", a, b, *ends, "0"], ["BRPOPLPUSH", a, b, "0"],
                          ["BLMPOP", "0", "1", a, ends[0], "COUNT", self.pick("123")], ["XREAD", "BLOCK", "0", "STREAMS", stream, "$"],
                          ["XREAD", "BLOCK", "0", "COUNT", "1", "STREAMS", STREAMS[0], STREAMS[1], "0", "$"],
                          ["XREADGROUP", "GROUP", "g", consumer, "BLOCK", "0", "STREAMS", stream, ">"],
                          ["XREADGROUP", "GROUP", "g", consumer, "NOACK", "COUNT", "1", "BLOCK", "0", "STREAMS", stream, ">"]])

    def other(self):
        a, b, stream, value = self.pick(LISTS), self.pick(LISTS), self.pick(STREAMS), "v%d" % self.random.randint(0, 99)
        anything = self.pick(LISTS + STREAMS)
        return self.pick([["RPUSH", a, value], ["RPUSH", a, value, "x", "y"], ["LPUSH", a, value], ["LMOVE", a, b, "LEFT", "RIGHT"], ["RENAME", a, b], ["COPY", a, b, "REPLACE"],
                          ["LPOP", a], ["LRANGE", a, "0", "-1"], ["LINSERT", a, "BEFORE", "x", "z"], ["DEL", anything], ["EXPIRE", anything, "-1"], ["MOVE", anything, "1"],
                          ["XADD", stream, "%d-*" % self.random.randint(1, 9), "f", value], ["XADD", stream, "%d-*" % self.random.randint(1, 9), "f", value],
                          ["XGROUP", "CREATE", stream, "g", self.pick("$0"), "MKSTREAM"], ["XGROUP", "DESTROY", stream, "g"], ["XPENDING", stream, "g"], ["XLEN", stream],
                          ["RENAME", stream, self.pick(STREAMS)], ["FLUSHALL"] if self.random.random() < 0.3 else ["XLEN", stream]])

    def next(self):
        return self.waiting() if self.random.random() < 0.4 else self.other()


class Side:
    """The clients of one server, and who of them has no reply yet."""

    def __init__(self, port):
        self.control = Client(port)
        self.control.ask("FLUSHALL")
        self.clients = [Client(port) for _ in range(CLIENTS)]
        self.ids = [client.ask("CLIENT", "ID")[1:-2].decode() for client in self.clients]
        self.unanswered = set()

    def close(self):
        for client in [self.control, *self.clients]:
            client.close()

    def send(self, number, args):
        self.clients[number].socket.sendall(encode(args))
        self.unanswered.add(number)
        return self.settle()

    def settle(self):
        """Reads replies until only those lack one who are blocked, as the server says."""
        replies = {}
        deadline = time.time() + 30
        while time.time() < deadline:
            sockets = {self.clients[number].socket: number for number in self.unanswered}
            for ready in select.select(list(sockets), [], [], 0)[0]:
                replies[sockets[ready]] = self.clients[sockets[ready]].read()
                self.unanswered.discard(sockets[ready])
            blocked = self.control.ask("INFO", "clients").split(b"blocked_clients:")[1].split(b"\r")[0]
            if int(blocked) == len(self.unanswered):
                return {number: "gone" if is_gone(reply) else reply for number, reply in replies.items()}
        return "no rest"


def is_gone(reply):
    """The stream of an XREADGROUP is gone: the text is another one in 7.2."""
    return reply.startswith((b"-NOGROUP ", b"-UNBLOCKED the stream key"))


def run_seed(seed, ports):
    commands, sides, history = Commands(seed), [Side(port) for port in ports], []
    try:
        for _ in range(COMMANDS):
            free = [number for number in range(CLIENTS) if number not in sides[0].unanswered]
            if free:
                number, args = commands.pick(free), commands.next()
                results = [side.send(number, args) for side in sides]
            else:
                number, args = commands.random.randrange(CLIENTS), ["CLIENT", "UNBLOCK", "(itself)", commands.pick(["TIMEOUT", "ERROR"])]
                for side in sides:
                    side.control.ask("CLIENT", "UNBLOCK", side.ids[number], args[3])
                results = [side.settle() for side in sides]
            history.append(f"  [{number}] {args}\n      {results[0]}")
            if results[0] != results[1] or sides[0].unanswered != sides[1].unanswered:
                return "\n".join(history[-25:]) + f"\n  redis-server: {results[1]}"
        return None
    finally:
        for side in sides:
            side.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--peer", default="redis-server")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=1)
    args = parser.parse_args()
    servers = [Server(args.server), Server(args.peer)]
    failed = []
    try:
        for seed in range(args.first, args.first + args.seeds):
            difference = run_seed(seed, [server.port for server in servers])
            if difference:
                failed.append(seed)
                print(f"seed {seed}:\n{difference}\n", flush=True)
            if len(failed) >= 3:
                break
    finally:
        for server in servers:
            server.stop()
    print(f"{args.seeds} seeds, {len(failed)} differ" + (f": {failed}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
