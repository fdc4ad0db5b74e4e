"""A minimal RESP2/RESP3 client over a socket, which keeps the exact bytes of every reply."""
import socket


def encode(args):
    parts = [b"*%d\r\n" % len(args)]
    for arg in args:
        if isinstance(arg, str):
            arg = arg.encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(arg), arg))
    return b"".join(parts)


class Client:
    def __init__(self, port, host="127.0.0.1", timeout=30):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")

    def close(self):
        self.stream.close()
        self.socket.close()

    def ask(self, *args):
        """Sends a command and returns the raw bytes of its reply."""
        self.socket.sendall(encode(args))
        return self.read()

    def read(self):
        line = self.stream.readline()
        if not line:
            raise EOFError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind in b"$=!":
            size = int(rest)
            return line if size < 0 else line + self.stream.read(size + 2)
        if kind in b"*~>":
            return line + b"".join(self.read() for _ in range(max(int(rest), 0)))
        if kind == b"%":
            return line + b"".join(self.read() for _ in range(2 * int(rest)))
        return line


def decode(raw):
    """The value of a raw reply: bytes, int, None, list, or ('-', text) for an error; and the bytes behind it."""
    line, _, rest = raw.partition(b"\r\n")
    kind, text = line[:1], line[1:]
    if kind in b"$=!":
        size = int(text)
        return (None, rest) if size < 0 else (rest[:size], rest[size + 2:])
    if kind in b"*~>%":
        if int(text) < 0:
            return None, rest
        items = []
        for _ in range(int(text) * (2 if kind == b"%" else 1)):
            item, rest = decode(rest)
            items.append(item)
        return items, rest
    if kind == b":":
        return int(text), rest
    if kind == b"_":
        return None, rest
    if kind == b"-":
        return ("-", text), rest
    return text, rest
