#!/usr/bin/env python3
"""Debian's prometheus-redis-exporter against the server at a port: it must find every metric that it finds in redis-server.

usage: redis_exporter.py PORT
"""
import re, subprocess, sys, urllib.request

from servers import Server, free_port, wait_until

PORT = sys.argv[1]


def prepare(port):
    """Something to be counted: keys in two databases, a slow command, an error, a script's absence."""
    requests = b"SET a 1\nLPUSH list a b\nEXPIRE list 1000\nSELECT 2\nZADD scores 1 a\nCONFIG SET slowlog-log-slower-than 0\n" \
               b"CONFIG SET latency-monitor-threshold 1\nDEBUG SLEEP 0.01\nINCR nothing extra\nGET a\n"
    subprocess.run(["redis-cli", "-p", str(port)], input=requests, stdout=subprocess.DEVNULL, check=True)


def metrics(port):
    """The lines that the exporter shows of a server."""
    own = free_port()
    address = f"127.0.0.1:{own}"
    exporter = subprocess.Popen(["prometheus-redis-exporter", "--redis.addr", f"redis://127.0.0.1:{port}", "--web.listen-address", address,
                                 "--check-keys", "db0=list,db2=*", "--check-single-keys", "db0=a", "--export-client-list"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    text = ""

    def scrape():
        nonlocal text
        try:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as page:
                text = page.read().decode()
        except OSError:
            pass  # It is not listening yet.
        return "redis_up" in text

    try:
        wait_until(scrape, "the exporter")
    finally:
        exporter.kill()
        exporter.wait()
    return [line for line in text.splitlines() if line.startswith("redis_")]


def names(lines):
    return {re.match(r"\w+", line).group() for line in lines}


prepare(PORT)
ours = metrics(PORT)
with Server("redis-server", "--enable-debug-command", "yes") as peer:
    prepare(peer.port)
    missing = names(metrics(peer.port)) - names(ours)
assert not missing, sorted(missing)
for line in ("redis_up 1", 'redis_exporter_last_scrape_error{err=""} 0', 'redis_db_keys{db="db0"} 2', 'redis_db_keys_expiring{db="db0"} 1',
             'redis_key_size{db="db0",key="list"} 2', 'redis_key_value{db="db0",key="a"} 1', 'redis_key_size{db="db2",key="scores"} 1'):
    assert line in ours, f"no {line} in\n" + "\n".join(ours)
assert any(line.startswith('redis_commands_total{cmd="lpush"} 1') for line in ours)
print(f"redis_exporter: {len(ours)} lines ok")
