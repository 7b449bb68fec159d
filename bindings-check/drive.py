"""Driving two worker processes through every pair of socket types that can talk to each other."""
import base64
import json
import os
import selectors
import subprocess
import time

from libraries import DEBIAN_PYTHON, mapped_exactly

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE_S = 40
WARM_UP_S = 20


class Trouble(Exception):
    """A check failed; the text says how."""


class Proxy:
    """The driver's side of one worker process running on one library."""

    def __init__(self, library):
        self.library = library
        self.process = subprocess.Popen([DEBIAN_PYTHON, os.path.join(HERE, "worker.py")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=library.environment(), universal_newlines=True)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)

    def begin(self, operation, **arguments):
        try:
            self.process.stdin.write(json.dumps(dict(arguments, op=operation)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Trouble("%s: the process is gone" % self.library)

    def result(self):
        if not self.ready.select(DEADLINE_S):
            self.process.kill()
            raise Trouble("%s: no answer within %d s" % (self.library, DEADLINE_S))
        line = self.process.stdout.readline()
        if not line:
            raise Trouble("%s: the process ended with status %s" % (
                self.library, self.process.wait()))
        answer = json.loads(line)
        if "error" in answer:
            raise Trouble("%s: %s" % (self.library, answer["error"]))
        return answer["ok"]

    def call(self, operation, **arguments):
        self.begin(operation, **arguments)
        return self.result()

    def verify_library(self):
        wrong = mapped_exactly(self.process.pid, self.library)
        if wrong:
            raise Trouble("%s: %s" % (self.library, wrong))

    def end(self):
        if self.process.poll() is None:
            self.call("quit")
        if self.process.wait(DEADLINE_S) != 0:
            raise Trouble("%s: ended with status %d" % (self.library, self.process.returncode))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Socket:
    """One named socket inside a worker."""

    count = 0

    def __init__(self, proxy, type, endpoint, bind, options=None):
        Socket.count += 1
        self.proxy, self.type, self.name = proxy, type, "s%d" % Socket.count
        self.endpoint = proxy.call("open", name=self.name, type=type, endpoint=endpoint,
                                   bind=bind, options=options or {})

    def send(self, *frames, **more):
        self.proxy.call("send", name=self.name,
                        frames=[base64.b64encode(f).decode() for f in frames], **more)

    def receive(self, **more):
        frames = self.proxy.call("receive", name=self.name, **more)
        return None if frames is None else [base64.b64decode(f) for f in frames]

    def expect(self, *frames):
        got = self.receive()
        if got != list(frames):
            raise Trouble("%s on %s got %.200r instead of %.200r" % (
                self.type, self.proxy.library, got, list(frames)))

    def close(self):
        self.proxy.call("close", name=self.name)


# Sizes around the borders of inline storage, short frames, and read buffers.
SIZES = (0, 1, 32, 33, 255, 256, 8191, 8193, 70000)


def one_way(sender, receiver):
    for size in SIZES:
        sender.send(b"m" * size)
        receiver.expect(b"m" * size)
    sender.send(b"first", b"", b"third" * 100)
    receiver.expect(b"first", b"", b"third" * 100)
    sender.proxy.begin("send_many", name=sender.name, count=500, size=100)
    if receiver.proxy is not sender.proxy:
        receiver.proxy.call("receive_many", name=receiver.name, count=500, size=100)
        sender.proxy.result()
    else:
        sender.proxy.result()
        receiver.proxy.call("receive_many", name=receiver.name, count=500, size=100)


def warm_up(publisher, subscriber):
    """Publishes until the subscription works, then until the subscriber has read all of that."""
    end = time.monotonic() + WARM_UP_S
    while subscriber.receive(timeout=0) is None:
        if time.monotonic() > end:
            raise Trouble("no subscription arrived within %d s" % WARM_UP_S)
        publisher.send(b"topic.warm")
    publisher.send(b"topic.start")
    while subscriber.receive() != [b"topic.start"]:
        continue


def expect_subscription(publisher, subscriber):
    """Both sides are used in turn: a bound SUB of the reference meets new peers only then."""
    end = time.monotonic() + WARM_UP_S
    got = None
    while got is None and time.monotonic() < end:
        subscriber.receive(timeout=0)
        got = publisher.receive(timeout=20)
    if got != [b"\1"]:
        raise Trouble("XPUB on %s got %r instead of a subscription" % (
            publisher.proxy.library, got))


def publish(publisher, subscriber):
    if subscriber.type == "XSUB":
        subscriber.send(b"\1")
    if publisher.type == "XPUB":
        expect_subscription(publisher, subscriber)
    warm_up(publisher, subscriber)
    one_way(publisher, subscriber)


def both_ways(left, right):
    one_way(left, right)
    one_way(right, left)


def request(client, server):
    """REQ or DEALER asks, REP or ROUTER answers; who has no help adds the envelope by hand."""
    raw = {"DEALER": [b""] if server.type == "REP" else []}.get(client.type, [])
    for size in SIZES:
        client.send(*raw, b"q" * size, b"more")
        if server.type == "ROUTER":
            message = server.receive()
            delimiter = [b""] if client.type == "REQ" else []
            if not message or message[1:] != delimiter + [b"q" * size, b"more"]:
                raise Trouble("ROUTER got %.200r" % message)
            server.send(message[0], *delimiter, b"a" * size)
        else:
            server.expect(b"q" * size, b"more")
            server.send(b"a" * size)
        client.expect(*raw, b"a" * size)


def route(left, right):
    """ROUTER to ROUTER: both have names; the connecting side may not be known at once."""
    end = time.monotonic() + WARM_UP_S
    while True:
        try:
            right.send(b"left", b"knock")
            break
        except Trouble as trouble:
            if "Host unreachable" not in str(trouble) or time.monotonic() > end:
                raise
    left.expect(b"right", b"knock")
    for size in SIZES:
        left.send(b"right", b"l" * size)
        right.expect(b"left", b"l" * size)
        right.send(b"left", b"r" * size)
        left.expect(b"right", b"r" * size)


def name_of(side):
    return {"ROUTING_ID": side, "ROUTER_MANDATORY": 1}


# left type, right type, what to do with them, options of the left one, options of the right one
PAIRS = [
    ("REQ", "REP", request, {}, {}),
    ("REQ", "ROUTER", request, {}, {}),
    ("DEALER", "REP", request, {}, {}),
    ("DEALER", "ROUTER", request, {"ROUTING_ID": "me"}, {}),
    ("DEALER", "DEALER", both_ways, {}, {}),
    ("ROUTER", "ROUTER", route, name_of("left"), name_of("right")),
    ("PUSH", "PULL", one_way, {}, {}),
    ("PUB", "SUB", publish, {}, {"SUBSCRIBE": ""}),
    ("PUB", "XSUB", publish, {}, {}),
    ("XPUB", "SUB", publish, {}, {"SUBSCRIBE": ""}),
    ("XPUB", "XSUB", publish, {}, {}),
    ("PAIR", "PAIR", both_ways, {}, {}),
]


def pairs(*names):
    return [p for p in PAIRS if "%s/%s" % p[:2] in names]


def run_pair(pair, left_proxy, right_proxy, endpoint, left_binds):
    """One pair of sockets, opened, exercised and closed; raises Trouble when something is wrong."""
    left_type, right_type, exercise, left_options, right_options = pair

    def open_left(where):
        return Socket(left_proxy, left_type, where, left_binds, left_options)

    def open_right(where):
        return Socket(right_proxy, right_type, where, not left_binds, right_options)

    if left_binds:
        left = open_left(endpoint)
        right = open_right(left.endpoint)
    else:
        right = open_right(endpoint)
        left = open_left(right.endpoint)
    exercise(left, right)
    left.close()
    right.close()
