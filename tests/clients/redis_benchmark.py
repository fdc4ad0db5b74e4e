#!/usr/bin/env python3
"""redis-benchmark against the server at a port: every run must end without an error. usage: redis_benchmark.py PORT"""
import subprocess, sys

PORT = sys.argv[1]
RUNS = (
    ["-t", "ping_inline,ping_mbulk,set,get,incr,mset", "-n", "20000", "-P", "16", "-r", "10000"],
    ["-t", "set,get", "-n", "2000", "-c", "200"],
    ["-t", "set,get", "-n", "20000", "-P", "100", "--threads", "2", "-r", "100000"],
    ["-t", "set,get", "-n", "500", "-d", "100000", "-P", "4"],
    ["-t", "get", "-n", "2000", "-3", "--dbnum", "4"],
    ["-n", "2000", "-r", "1000", "-P", "8", "MGET", "key:__rand_int__", "key:__rand_int__", "key:__rand_int__"],
    ["-n", "2000", "-r", "1000", "SET", "key:__rand_int__", "value", "PX", "50"],
)


def main():
    for words in RUNS:
        run = subprocess.run(["redis-benchmark", "-p", PORT, "--csv", *words], capture_output=True, text=True, timeout=120)
        lines = [line for line in run.stdout.splitlines() if line.startswith('"') and not line.startswith('"test"')]
        trouble = (run.stdout + run.stderr).lower()
        if run.returncode != 0 or not lines or "error" in trouble:
            sys.exit(f"redis-benchmark {' '.join(words)} ended with {run.returncode}:\n{run.stdout}{run.stderr}")
        print(f"redis-benchmark {' '.join(words)}: ok")


main()
