#!/usr/bin/python3
"""python3-redis (redis-py) against the server at a port. usage: python_redis.py PORT"""
import sys, threading, time

import redis

PORT = int(sys.argv[1])


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} instead of {wanted!r}")


def fails(error, action):
    try:
        action()
    except error as reason:
        return str(reason)
    raise AssertionError(f"{error.__name__} was expected")


def strings(r):
    equal(r.set("k", "v"), True)
    equal(r.get("k"), b"v")
    equal(r.set("k", "w", nx=True), None)
    equal(r.set("k", "w", xx=True, get=True), b"v")
    equal(r.set("bytes", bytes(range(256))), True)
    equal(r.get("bytes"), bytes(range(256)))
    equal(r.append("k", "xyz"), 4)
    equal(r.getrange("k", 1, -1), b"xyz")
    equal(r.setrange("k", 6, "!"), 7)
    equal(r.get("k"), b"wxyz\0\0!")
    equal(r.mset({"a": 1, "b": 2}), True)
    equal(r.mget("a", "absent", "b"), [b"1", None, b"2"])
    equal(r.msetnx({"b": 3, "c": 3}), False)
    equal([r.incr("n"), r.incrby("n", 41), r.decr("n", 2)], [1, 42, 40])
    equal(r.incrbyfloat("f", 0.5), 0.5)
    equal(r.getset("n", "text"), b"40")
    equal(fails(redis.ResponseError, lambda: r.incr("n")), "value is not an integer or out of range")
    equal(r.getdel("n"), b"text")
    equal(r.strlen("n"), 0)
    r.mset({"one": "ohmytext", "two": "mynewtext"})
    equal(r.execute_command("LCS", "one", "two"), b"mytext")


def keys(r):
    r.set("k", "v", px=100_000)
    assert 99_000 < r.pttl("k") <= 100_000
    equal(r.persist("k"), True)
    equal(r.ttl("k"), -1)
    when = int(time.time() * 1000) + 500_000
    equal(r.pexpireat("k", when), True)
    equal(r.execute_command("PEXPIRETIME", "k"), when)
    equal(r.getex("k", persist=True), b"v")
    equal(r.expire("k", -1), True)
    equal(r.exists("k"), 0)
    r.mset({"a": 1, "b": 2})
    equal(r.rename("a", "c"), True)
    equal(r.renamenx("c", "b"), False)
    equal(fails(redis.ResponseError, lambda: r.rename("a", "c")), "no such key")
    equal(r.copy("c", "d"), True)
    equal(r.move("d", 3), True)
    payload = r.dump("c")
    equal(r.restore("e", 0, payload), b"OK")
    equal(fails(redis.ResponseError, lambda: r.restore("e", 0, payload)).split()[0], "BUSYKEY")
    equal(r.get("e"), b"1")
    equal(r.type("e"), b"string")
    equal(r.object("encoding", "e"), b"int")
    equal(r.unlink("b", "c", "absent"), 2)
    r.set("short", "lived", px=30)
    while r.exists("short"):
        time.sleep(0.005)
    equal(r.get("short"), None)


def scans(r):
    names = {f"scan:{i}".encode() for i in range(5000)}
    with r.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.set(name, "x")
        equal(len(pipe.execute()), len(names))
    equal(set(r.scan_iter(match="scan:*", count=100)), names)
    equal(set(r.keys("scan:*")), names)
    equal(r.dbsize() >= len(names), True)
    assert r.randomkey() is not None
    r.flushdb()
    equal(r.dbsize(), 0)


def transactions(r):
    with r.pipeline() as pipe:
        equal(pipe.set("a", 1).incr("a").get("a").get("absent").execute(), [True, 2, b"2", None])
        pipe.set("a", "text").incr("a")
        equal(pipe.execute(raise_on_error=False)[0], True)
        pipe.watch("w")
        r.set("w", "changed by another connection")
        pipe.multi()
        pipe.set("w", "mine")
        fails(redis.WatchError, pipe.execute)
    equal(r.get("w"), b"changed by another connection")


    def count(pipe):
        value = int(pipe.get("counter") or 0)
        pipe.multi()
        pipe.set("counter", value + 1)
    equal(r.transaction(count, "counter"), [True])


def connections(r):
    equal(r.ping(), True)
    equal(r.echo("hello"), b"hello")
    equal(r.client_setname("python"), True)
    equal(r.client_getname(), "python")
    assert any(client["name"] == "python" for client in r.client_list())
    assert r.client_id() > 0
    other = redis.Redis(port=PORT, db=3, single_connection_client=True)
    equal(other.get("d"), b"1")
    other_id = other.client_id()
    equal(r.client_kill_filter(_id=other_id), 1)
    fails(redis.ConnectionError, other.ping)
    equal(other.ping(), True)  # It has connected again.
    assert other.client_id() != other_id
    equal(r.swapdb(0, 3), True)
    equal(r.get("d"), b"1")
    other.close()
    seconds, micros = r.time()
    assert abs(seconds + micros / 1e6 - time.time()) < 10


def administration(r):
    info = r.info()
    equal(info["redis_version"], "7.2.6")
    equal(info["tcp_port"], PORT)
    equal(info["loading"], 0)
    assert r.info("memory")["used_memory"] > 0
    equal(r.config_get("maxmemory-policy"), {"maxmemory-policy": "noeviction"})
    equal(r.config_set("maxmemory-policy", "allkeys-lru"), True)
    equal(r.config_get("maxmemory-p*"), {"maxmemory-policy": "allkeys-lru"})
    equal(r.config_set("maxmemory-policy", "noeviction"), True)
    fails(redis.ResponseError, lambda: r.config_set("no-such-option", "1"))
    assert r.command_count() > 50
    equal(r.command()["get"]["arity"], 2)
    equal(r.command_getkeys("MSET", "a", "1", "b", "2"), ["a", "b"])
    fails(redis.ResponseError, lambda: r.execute_command("NOSUCHCOMMAND"))


def threads(r):
    """A pool of connections, used by many threads."""
    def work():
        for _ in range(100):
            r.incr("shared")
            with r.pipeline() as pipe:
                pipe.decrby("x", 1).incrby("y", 1).execute()
    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    equal(r.mget("shared", "x", "y"), [b"800", b"-800", b"800"])


def main():
    r = redis.Redis(port=PORT, socket_timeout=60)
    for part in (strings, keys, scans, transactions, connections, administration, threads):
        part(r)
        r.flushdb()  # Database 3 keeps what `keys` moved there, for `connections`.
        print(f"python3-redis {redis.__version__}: {part.__name__} ok")


main()
