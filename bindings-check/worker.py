"""A process that plays sockets for the driver (drive.py), which may run it on any libzmq.so.5.

It reads requests from stdin, one JSON object a line, and answers each with one line: {"ok": ...}
or {"error": TEXT}. Sockets have names, so that one worker can hold both ends of an inproc pair.
"""
import base64
import json
import sys

import zmq

from libraries import mapped_libraries

TIMEOUT_MS = 20000
LINGER_MS = 2000  # by the time of the close the other side has received everything


def decode(frames):
    return [base64.b64decode(f) for f in frames]


def encode(frames):
    return [base64.b64encode(f).decode() for f in frames]


def numbered(number, size):
    return (b"%d:" % number).ljust(size, b"x")


class Worker:
    def __init__(self):
        self.context = zmq.Context()
        self.sockets = {}

    def info(self):
        return {"zmq": zmq.zmq_version(), "pyzmq": zmq.pyzmq_version(),
                "mapped": mapped_libraries()}

    def open(self, name, type, endpoint, bind, options=None):
        socket = self.context.socket(getattr(zmq, type))
        socket.linger = LINGER_MS
        for option, value in (options or {}).items():
            socket.set(getattr(zmq, option),
                       value.encode() if isinstance(value, str) else value)
        self.sockets[name] = socket
        if not bind:
            socket.connect(endpoint)
            return endpoint
        socket.bind(endpoint)
        return socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()

    def send(self, name, frames, timeout=TIMEOUT_MS):
        self.sockets[name].sndtimeo = timeout
        self.sockets[name].send_multipart(decode(frames))

    def receive(self, name, timeout=TIMEOUT_MS):
        """The frames of one message, or None; waits with a poller as programs do."""
        socket = self.sockets[name]
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        if not poller.poll(timeout):
            return None
        return encode(socket.recv_multipart(zmq.DONTWAIT))

    def send_many(self, name, count, size):
        self.sockets[name].sndtimeo = TIMEOUT_MS
        for number in range(count):
            self.sockets[name].send(numbered(number, size))

    def receive_many(self, name, count, size):
        self.sockets[name].rcvtimeo = TIMEOUT_MS
        for number in range(count):
            if self.sockets[name].recv() != numbered(number, size):
                raise ValueError("message %d is not what was sent" % number)

    def close(self, name):
        self.sockets.pop(name).close()

    def quit(self):
        for name in list(self.sockets):
            self.close(name)
        self.context.term()

    def serve(self):
        for line in sys.stdin:
            request = json.loads(line)
            operation = request.pop("op")
            try:
                answer = {"ok": getattr(self, operation)(**request)}
            except Exception as problem:  # every failure belongs to the driver
                answer = {"error": "%s: %s" % (type(problem).__name__, problem)}
            print(json.dumps(answer), flush=True)
            if operation == "quit":
                return


if __name__ == "__main__":
    Worker().serve()
