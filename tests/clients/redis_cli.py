#!/usr/bin/env python3
"""redis-cli in all its modes against the server at a port. usage: redis_cli.py PORT DIRECTORY"""
import os, signal, subprocess, sys

from servers import PATIENCE, Server, wait_until
from terminal import Terminal

PORT, DIRECTORY = sys.argv[1], sys.argv[2]


def cli(*words, input=b"", port=PORT, code=0):
    run = subprocess.run(["redis-cli", "-p", str(port), *words], input=input, capture_output=True, timeout=PATIENCE)
    if run.returncode != code:
        sys.exit(f"redis-cli {' '.join(words)} ended with {run.returncode}: {run.stdout!r} {run.stderr!r}")
    return run.stdout.decode()


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} instead of {wanted!r}")


def single_commands():
    equal(cli("SET", "k", "v"), "OK\n")
    equal(cli("--no-raw", "GET", "k"), '"v"\n')
    equal(cli("--no-raw", "GET", "absent"), "(nil)\n")
    equal(cli("-3", "--no-raw", "GET", "absent"), "(nil)\n")
    equal(cli("-x", "SET", "input", input=b"from\0stdin"), "OK\n")
    equal(cli("GET", "input"), "from\0stdin\n")
    equal(cli("-n", "4", "SET", "there", "1"), "OK\n")
    equal(cli("GET", "there"), "\n")
    equal(cli("-r", "3", "INCR", "repeated"), "1\n2\n3\n")
    equal(cli("--csv", "MGET", "k", "absent"), '"v",NULL\n')
    equal(cli("--json", "MGET", "k", "absent"), '["v",null]\n')
    equal(cli("INCR", "k"), "ERR value is not an integer or out of range\n\n")
    cli("-e", "INCR", "k", code=1)
    equal(cli(input=b"SET a 1\nGET a\nMULTI\nINCR a\nEXEC\n").split(), ["OK", "1", "OK", "QUEUED", "2"])
    assert "redis_version:7.2.6" in cli("INFO", "server")


def bulk_loading():
    requests = b"".join(b"*3\r\n$3\r\nSET\r\n$%d\r\nbulk:%d\r\n$5\r\nvalue\r\n" % (5 + len(str(i)), i) for i in range(20_000))
    assert "errors: 0, replies: 20000" in cli("--pipe", input=requests)
    assert "errors: 0, replies: 2" in cli("--pipe", input=b"SET inline 1\r\nINCR inline\r\n")
    equal(len(cli("--scan", "--pattern", "bulk:*").split()), 20_000)
    equal(len(set(cli("--scan", "--pattern", "bulk:*1").split())), 2_000)
    assert "Biggest string found" in cli("--bigkeys")
    assert "Biggest string found" in cli("--memkeys")


def running_modes():
    statistics = subprocess.Popen(["redis-cli", "-p", PORT, "--stat", "-i", "0.05"], stdout=subprocess.PIPE)
    for _ in range(8):
        line = statistics.stdout.readline()
    statistics.send_signal(signal.SIGINT)
    statistics.communicate()
    assert line.split()[0].isdigit(), line
    latency = subprocess.Popen(["redis-cli", "-p", PORT, "--latency", "--raw"], stdout=subprocess.PIPE)
    equal(len(latency.communicate(timeout=PATIENCE)[0].split()), 4)

    stream = subprocess.Popen(["redis-cli", "-p", PORT, "--replica"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    seen = b""
    wait_until(lambda: "flags=S" in cli("CLIENT", "LIST", "TYPE", "replica"), "the replica")
    cli("SET", "streamed", "value")
    while b'"streamed"' not in seen:
        line = stream.stdout.readline()
        assert line, seen
        seen += line
    stream.kill()
    stream.communicate()


def interactive():
    terminal = Terminal(PORT)
    terminal.expect(f"127.0.0.1:{PORT}> ")
    terminal.type("SET typed 'with space'")
    terminal.expect("OK")
    terminal.type("GET typed")
    terminal.expect('"with space"')
    terminal.type("SELECT 2")
    terminal.expect(f"127.0.0.1:{PORT}[2]> ")
    terminal.type("MULTI")
    terminal.expect("(TX)> ")
    terminal.type("SET a 1")
    terminal.expect("QUEUED")
    terminal.type("EXEC")
    terminal.expect("1) OK")
    terminal.type("HELLO 3")
    terminal.expect('"proto" => (integer) 3')
    terminal.type("help get")
    terminal.expect("summary:")
    terminal.close()


def snapshot():
    """redis-server must load the file that --rdb receives."""
    cli("FLUSHALL")
    requests = b"".join(b"SET rdb:%d value:%d PXAT 4000000000%03d\r\n" % (i, i, i % 1000) for i in range(1000))
    assert "errors: 0" in cli("--pipe", input=requests)
    cli("SET", "rdb:long", "x" * 100_000)
    cli("SET", "rdb:number", "-1234567")
    cli("-n", "7", "SET", "rdb:other", "database")
    path = os.path.join(DIRECTORY, "snapshot.rdb")
    cli("--rdb", path)
    with Server("redis-server", "--dbfilename", "snapshot.rdb", "--dir", DIRECTORY) as peer:
        names = sorted(cli("--scan").split())
        equal(sorted(cli("--scan", port=peer.port).split()), names)
        for command in ("GET", "PEXPIRETIME", "TYPE"):
            requests = "".join(f"{command} {name}\n" for name in names).encode()
            equal(cli(input=requests, port=peer.port) == cli(input=requests), True)
        equal(cli("-n", "7", "GET", "rdb:other", port=peer.port), "database\n")


for part in (single_commands, bulk_loading, running_modes, interactive, snapshot):
    part()
    print(f"redis-cli: {part.__name__} ok")
