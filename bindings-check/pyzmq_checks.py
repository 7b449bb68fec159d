#!/usr/bin/env python3
"""Checks of Debian's pyzmq inside one process; run.py calls this once for each check.

usage: pyzmq_checks.py --list | NAME

The last line printed is "mapped PATHS": the libzmq files in this process's memory map.
"""
import errno
import gc
import os
import select
import signal
import sys
import tempfile
import threading
import time

import zmq
from zmq.utils import z85
from zmq.utils.monitor import parse_monitor_message, recv_monitor_message

import pyzmq_more_checks
from libraries import mapped_libraries
from pyzmq_tools import LIMIT_MS, equal, linked, socket


def check_request_reply_inproc(c):
    rep, req = linked(c, zmq.REP, zmq.REQ, "inproc://rr")
    for number in range(100):
        req.send_pyobj({"number": number})
        rep.send_json(rep.recv_pyobj())
        equal(req.recv_json(), {"number": number})


def check_connect_before_bind_inproc(c):
    push, pull = socket(c, zmq.PUSH), socket(c, zmq.PULL)
    push.connect("inproc://late")
    push.send(b"early")
    pull.bind("inproc://late")
    equal(pull.recv(), b"early")


def check_zero_copy_send_and_tracker(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    payload = b"z" * 1000000
    tracker = push.send(payload, copy=False, track=True)
    frame = pull.recv(copy=False)
    equal(len(frame.buffer), len(payload))
    equal(bytes(frame.buffer[:3]), b"zzz")
    tracker.wait(LIMIT_MS / 1000)
    equal(tracker.done, True)


def check_zero_copy_multipart(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH, "inproc://zc")
    parts = [bytes([i]) * (i * 1000) for i in range(20)]
    push.send_multipart(parts, copy=False)
    frames = pull.recv_multipart(copy=False)
    equal([f.bytes for f in frames], parts)
    equal([f.more for f in frames], [True] * 19 + [False])


def check_frame_properties(c):
    router, dealer = linked(c, zmq.ROUTER, zmq.DEALER)
    dealer.send(b"hello")
    frame = router.recv_multipart(copy=False)[1]
    equal(frame.get("Socket-Type"), "DEALER")
    equal(frame.get("Peer-Address"), "127.0.0.1")


def check_poller_sockets_and_descriptors(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    reader, writer = os.pipe()
    poller = zmq.Poller()
    poller.register(pull, zmq.POLLIN)
    poller.register(reader, zmq.POLLIN)
    equal(poller.poll(0), [])
    os.write(writer, b"x")
    equal(dict(poller.poll(LIMIT_MS)), {reader: zmq.POLLIN})
    os.read(reader, 1)
    push.send(b"x")
    equal(dict(poller.poll(LIMIT_MS)), {pull: zmq.POLLIN})
    os.close(reader)
    os.close(writer)


def check_poll_timeout_is_kept(c):
    pull = socket(c, zmq.PULL)
    pull.bind("inproc://quiet")
    began = time.monotonic()
    equal(pull.poll(200), 0)
    took = time.monotonic() - began
    if not 0.19 <= took < 5:
        raise AssertionError("a poll of 200 ms took %.3f s" % took)


def check_fd_and_events(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    push.send(b"x")
    end = time.monotonic() + LIMIT_MS / 1000
    while not pull.get(zmq.EVENTS) & zmq.POLLIN:
        if time.monotonic() > end:
            raise AssertionError("the message never showed in EVENTS")
        select.select([pull.fileno()], [], [], 1)
    equal(pull.recv(zmq.DONTWAIT), b"x")


def check_fd_tells_of_earlier_messages(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    pair = linked(c, zmq.PAIR, zmq.PAIR)
    push.send(b"x")
    pair[1].send(b"later than x")
    pair[0].recv()  # whatever the I/O thread did for x, it did before
    if not select.select([pull.getsockopt(zmq.FD)], [], [], LIMIT_MS / 1000)[0]:
        raise AssertionError("the descriptor never became readable")
    equal(pull.get(zmq.EVENTS) & zmq.POLLIN, zmq.POLLIN)


def events_until(monitor, last):
    seen = []
    while not seen or seen[-1]["event"] != last:
        seen.append(recv_monitor_message(monitor))
    return seen


def check_monitor(c):
    rep, req = socket(c, zmq.REP), socket(c, zmq.REQ)
    monitor = req.get_monitor_socket()
    monitor.rcvtimeo = LIMIT_MS
    rep.bind("tcp://127.0.0.1:*")
    endpoint = rep.last_endpoint
    req.connect(endpoint)
    seen = [e["event"] for e in events_until(monitor, zmq.EVENT_HANDSHAKE_SUCCEEDED)]
    if zmq.EVENT_CONNECTED not in seen:
        raise AssertionError("no CONNECTED among %r" % seen)
    rep.close()
    last = events_until(monitor, zmq.EVENT_DISCONNECTED)[-1]
    equal(last["endpoint"].rstrip(b"\0"), endpoint.rstrip(b"\0"))
    req.disable_monitor()


def check_monitor_stop_event(c):
    pair = socket(c, zmq.PAIR)
    pair.monitor("inproc://mon", zmq.EVENT_ALL)
    listener = socket(c, zmq.PAIR)
    listener.connect("inproc://mon")
    pair.bind("tcp://127.0.0.1:*")
    equal(parse_monitor_message(listener.recv_multipart())["event"], zmq.EVENT_LISTENING)
    pair.disable_monitor()
    equal(events_until(listener, zmq.EVENT_MONITOR_STOPPED)[-1]["value"], 0)


def check_term_wakes_blocked_receiver(c):
    outcome = []

    def receive():
        pull = c.socket(zmq.PULL)
        pull.bind("inproc://blocked")
        ready.set()
        try:
            pull.recv()
        except zmq.ContextTerminated:
            outcome.append("terminated")
        pull.close(0)

    ready = threading.Event()
    thread = threading.Thread(target=receive, daemon=True)
    thread.start()
    ready.wait(LIMIT_MS / 1000)
    c.term()
    thread.join(LIMIT_MS / 1000)
    equal(outcome, ["terminated"])


def check_forgotten_sockets_are_collected(_):
    for _ in range(50):
        context = zmq.Context()
        a, b = linked(context, zmq.PULL, zmq.PUSH)
        b.send(b"x")
        equal(a.recv(), b"x")
        del a, b, context
        gc.collect()


def check_options(c):
    s = c.socket(zmq.DEALER)
    s.set_hwm(77)
    equal((s.sndhwm, s.rcvhwm), (77, 77))
    s.identity = b"name"
    equal(s.identity, b"name")
    equal((s.type, s.linger, s.rcvtimeo), (zmq.DEALER, -1, -1))
    s.tcp_keepalive_idle = 33
    equal(s.tcp_keepalive_idle, 33)
    equal(c.get(zmq.MAX_SOCKETS) > 0, True)
    s.close()


def check_send_to_nobody_times_out(c):
    push = socket(c, zmq.PUSH, sndtimeo=50)
    push.bind("tcp://127.0.0.1:*")
    try:
        push.send(b"x")
    except zmq.Again:
        return
    raise AssertionError("the send went somewhere")


def check_high_water_mark_inproc(c):
    pull, push = socket(c, zmq.PULL, rcvhwm=5), socket(c, zmq.PUSH, sndhwm=7)
    pull.bind("inproc://hwm")
    push.connect("inproc://hwm")
    sent = 0
    try:
        while sent < 1000:
            push.send(b"x", zmq.DONTWAIT)
            sent += 1
    except zmq.Again:
        pass
    equal(sent, 12)


def check_subscribe_and_unsubscribe(c):
    pub, sub = linked(c, zmq.XPUB, zmq.SUB)
    sub.subscribe("a")
    equal(pub.recv(), b"\1a")
    sub.subscribe("b")
    equal(pub.recv(), b"\1b")
    sub.unsubscribe("a")
    equal(pub.recv(), b"\0a")
    pub.send(b"a1")
    pub.send(b"b1")
    equal(sub.recv(), b"b1")


def check_stream_speaks_to_plain_tcp(c):
    import socket as plain
    stream = socket(c, zmq.STREAM)
    stream.bind("tcp://127.0.0.1:*")
    port = int(stream.last_endpoint.rstrip(b"\0").rsplit(b":", 1)[1])
    with plain.create_connection(("127.0.0.1", port), LIMIT_MS / 1000) as peer:
        name, empty = stream.recv_multipart()
        equal(empty, b"")
        peer.sendall(b"GET /")
        equal(stream.recv_multipart(), [name, b"GET /"])
        stream.send_multipart([name, b"200"])
        equal(peer.recv(3), b"200")
        stream.send_multipart([name, b""])
        peer.settimeout(0.01)
        end = time.monotonic() + LIMIT_MS / 1000
        while True:
            stream.get(zmq.EVENTS)  # the reference closes only when the socket is used again
            try:
                equal(peer.recv(1), b"")
                return
            except plain.timeout:
                if time.monotonic() > end:
                    raise


def check_unbind_then_bind_again(c):
    first = socket(c, zmq.REP)
    first.bind("tcp://127.0.0.1:*")
    endpoint = first.last_endpoint
    first.unbind(endpoint)
    end = time.monotonic() + 2  # the reference lets the port go a little later
    while True:
        try:
            first.bind(endpoint)
            return
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE or time.monotonic() > end:
                raise


def check_errors_have_names(c):
    s = socket(c, zmq.REQ)
    for call, wanted in ((lambda: s.recv(zmq.DONTWAIT), zmq.EFSM),
                         (lambda: s.bind("nonsense"), zmq.EINVAL),
                         (lambda: s.bind("nosuch://x"), zmq.EPROTONOSUPPORT),
                         (lambda: s.disconnect("tcp://127.0.0.1:1"), errno.ENOENT)):
        try:
            call()
        except zmq.ZMQError as problem:
            equal(problem.errno, wanted)
        else:
            raise AssertionError("a call that should fail with %d did not" % wanted)


def check_signals_do_not_disturb(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    ticks = []
    signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    try:
        for number in range(20):
            equal(pull.poll(10), 0)
            push.send(b"%d" % number)
            equal(pull.recv(), b"%d" % number)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    equal(len(ticks) > 10, True)


def check_fork_leaves_parent_alone(c):
    pull, push = linked(c, zmq.PULL, zmq.PUSH)
    push.send(b"before")
    equal(pull.recv(), b"before")
    child = os.fork()
    if child == 0:
        own = zmq.Context()
        a, b = linked(own, zmq.PAIR, zmq.PAIR, "inproc://child")
        a.send(b"x")
        os._exit(0 if b.recv() == b"x" else 1)
    equal(os.waitpid(child, 0)[1], 0)
    push.send(b"after")
    equal(pull.recv(), b"after")


def check_utilities(_):
    public, secret = zmq.curve_keypair()
    equal((len(public), len(secret)), (40, 40))
    equal(zmq.curve_public(secret), public)
    equal(z85.decode(z85.encode(bytes(range(32)))), bytes(range(32)))
    equal(zmq.has("ipc"), True)
    equal(zmq.zmq_version_info()[:2], (4, 3))
    equal(zmq.strerror(zmq.ETERM), "Context was terminated")


def check_large_message_over_ipc(c):
    with tempfile.TemporaryDirectory() as scratch:
        pull, push = linked(c, zmq.PULL, zmq.PUSH, "ipc://%s/big" % scratch)
        payload = os.urandom(30000000)
        push.send(payload, copy=False)
        equal(pull.recv() == payload, True)


CHECKS = {name[6:]: f for name, f in sorted(dict(globals(), **vars(pyzmq_more_checks)).items())
          if name.startswith("check_")}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CHECKS))
        return
    context = zmq.Context()
    CHECKS[sys.argv[1]](context)
    if not context.closed:
        context.destroy(linger=0)
    print("mapped %s" % " ".join(mapped_libraries()))


if __name__ == "__main__":
    main()
