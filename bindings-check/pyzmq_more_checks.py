"""Checks of pyzmq that use asyncio or its devices; pyzmq_checks.py runs them."""
import asyncio
import threading

import zmq
import zmq.asyncio
from zmq.devices import MonitoredQueue, ProxySteerable, ThreadDevice, ThreadProxy

from pyzmq_tools import LIMIT_MS, equal, linked, socket


def check_asyncio_request_reply(_):
    async def play():
        context = zmq.asyncio.Context()
        rep, req = linked(context, zmq.REP, zmq.REQ)

        async def serve():
            for _ in range(50):
                await rep.send_multipart(await rep.recv_multipart())

        server = asyncio.ensure_future(serve())
        for number in range(50):
            await req.send_multipart([b"%d" % number, b"tail"])
            equal(await req.recv_multipart(), [b"%d" % number, b"tail"])
        await server
        context.destroy(linger=0)
    asyncio.run(asyncio.wait_for(play(), LIMIT_MS / 1000))


def check_asyncio_many_sockets(_):
    async def play():
        context = zmq.asyncio.Context()
        router = socket(context, zmq.ROUTER)
        router.bind("tcp://127.0.0.1:*")

        async def echo():
            while True:
                await router.send_multipart(await router.recv_multipart())

        async def client(number):
            dealer = socket(context, zmq.DEALER)
            dealer.connect(router.last_endpoint)
            for turn in range(20):
                await dealer.send(b"%d.%d" % (number, turn))
                equal(await dealer.recv(), b"%d.%d" % (number, turn))

        server = asyncio.ensure_future(echo())
        await asyncio.gather(*[client(n) for n in range(20)])
        server.cancel()
        context.destroy(linger=0)
    asyncio.run(asyncio.wait_for(play(), LIMIT_MS / 1000))


def check_asyncio_poller_and_cancel(_):
    async def play():
        context = zmq.asyncio.Context()
        pull, push = linked(context, zmq.PULL, zmq.PUSH)
        waiting = asyncio.ensure_future(pull.recv())
        await asyncio.sleep(0)
        waiting.cancel()
        poller = zmq.asyncio.Poller()
        poller.register(pull, zmq.POLLIN)
        equal(await poller.poll(0), [])
        await push.send(b"after the cancel")
        equal(await poller.poll(LIMIT_MS), [(pull, zmq.POLLIN)])
        equal(await pull.recv(), b"after the cancel")
        context.destroy(linger=0)
    asyncio.run(asyncio.wait_for(play(), LIMIT_MS / 1000))


def check_thread_proxy(c):
    device = ThreadProxy(zmq.PULL, zmq.PUSH, zmq.PUSH)
    device.context_factory = lambda: c
    device.bind_in("inproc://in")
    device.bind_out("inproc://out")
    device.bind_mon("inproc://mon")
    device.setsockopt_in(zmq.LINGER, 0)
    device.setsockopt_out(zmq.LINGER, 0)
    device.setsockopt_mon(zmq.LINGER, 0)
    device.start()
    push, pull, mon = socket(c, zmq.PUSH), socket(c, zmq.PULL), socket(c, zmq.PULL)
    push.connect("inproc://in")
    pull.connect("inproc://out")
    mon.connect("inproc://mon")
    push.send(b"through")
    equal(pull.recv(), b"through")
    equal(mon.recv(), b"through")
    for s in (push, pull, mon):
        s.close()
    c.term()
    device.join(LIMIT_MS / 1000)


def check_device_with_one_socket(c):
    device = ThreadDevice(zmq.QUEUE, zmq.REP, -1)
    device.context_factory = lambda: c
    device.bind_in("inproc://echo")
    device.setsockopt_in(zmq.LINGER, 0)
    device.start()
    req = socket(c, zmq.REQ)
    req.connect("inproc://echo")
    req.send(b"echo")
    equal(req.recv(), b"echo")
    req.close()
    c.term()
    device.join(LIMIT_MS / 1000)


def check_steerable_proxy(c):
    device = ProxySteerable(zmq.ROUTER, zmq.DEALER, zmq.PUB, zmq.PAIR)
    device.context_factory = lambda: c
    device.bind_in("inproc://front")
    device.bind_out("inproc://back")
    device.bind_ctrl("inproc://control")
    thread = threading.Thread(target=device.run, daemon=True)
    thread.start()
    control = socket(c, zmq.PAIR)
    control.connect("inproc://control")
    req, rep = socket(c, zmq.REQ), socket(c, zmq.REP)
    req.connect("inproc://front")
    rep.connect("inproc://back")
    req.send(b"question")
    rep.send(rep.recv())
    equal(req.recv(), b"question")
    control.send(b"PAUSE")
    req.send(b"held back")
    equal(rep.poll(50), 0)
    control.send(b"RESUME")
    equal(rep.recv(), b"held back")
    control.send(b"TERMINATE")
    thread.join(LIMIT_MS / 1000)
    equal(thread.is_alive(), False)


def check_monitored_queue(c):
    device = MonitoredQueue(zmq.ROUTER, zmq.DEALER, zmq.PUB, b"in", b"out")
    device.context_factory = lambda: c
    for which, name in (("in", "mq-in"), ("out", "mq-out"), ("mon", "mq-mon")):
        getattr(device, "bind_" + which)("inproc://" + name)
        getattr(device, "setsockopt_" + which)(zmq.LINGER, 0)
    thread = threading.Thread(target=device.run, daemon=True)
    thread.start()
    req, rep, mon = socket(c, zmq.REQ), socket(c, zmq.REP), socket(c, zmq.SUB, subscribe=b"")
    req.connect("inproc://mq-in")
    rep.connect("inproc://mq-out")
    mon.connect("inproc://mq-mon")
    while mon.poll(1) == 0:  # until the subscription has arrived
        req.send(b"ping")
        rep.send(rep.recv() + b" pong")
        equal(req.recv(), b"ping pong")
    first = mon.recv_multipart()
    if first[0] not in (b"in", b"out"):
        raise AssertionError("monitored queue published %r" % first)
    for s in (req, rep, mon):
        s.close()
    c.term()
    thread.join(LIMIT_MS / 1000)
