#!/usr/bin/env python3
"""Runs a client's script against a server of its own.

usage: with_server.py SERVER COMMAND [WORD ...]

{port} and {dir} in the words become the server's port and a temporary directory. Fails if the command fails or the server
does not end in order.
"""
import subprocess, sys

from servers import Server


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with Server(sys.argv[1], "--io-threads", "2", "--enable-debug-command", "yes") as server:
        words = [word.replace("{port}", str(server.port)).replace("{dir}", server.dir) for word in sys.argv[2:]]
        code = subprocess.run(words).returncode
        if code != 0:
            sys.exit(f"{' '.join(words)} ended with {code}")


main()
