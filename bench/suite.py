"""The cells: what is measured, with which options, and which numbers of it count."""

import dataclasses

TRANSPORTS = ("tcp", "ipc", "inproc")
PLACEMENTS = ("one", "two", "free")
SIZES = (8, 64, 256, 1024, 4096, 65536, 1048576)
OTHERS = ("nng", "nanomsg")

# number: (unit, whether more is better, digits)
METRICS = {
    "rate": ("/s", True, 0), "mib_per_s": ("MiB/s", True, 0), "cpu_ns": ("ns cpu", False, 0),
    "p50_us": ("us p50", False, 1), "p99_us": ("us p99", False, 1),
    "p999_us": ("us p99.9", False, 1), "time_ms": ("ms", False, 1),
    "memory_kb": ("KiB", False, 0), "publish_rate": ("published/s", True, 0),
    "teardown_ms": ("ms to close", False, 1), "server_teardown_ms": ("ms server", False, 1),
    "idle_client_ms_per_s": ("ms cpu/s client", False, 2),
    "idle_server_ms_per_s": ("ms cpu/s server", False, 2), "call_us": ("us a call", False, 2),
}
# These say how fast or how small; the others are told, too, but are noisy or follow from these.
DECISIVE = ("rate", "p50_us", "time_ms", "memory_kb", "publish_rate", "call_us", "teardown_ms")


@dataclasses.dataclass
class Cell:
    """One line of the table; `metrics` are those that are compared, the first one shown first."""
    cell: str
    options: dict
    metrics: tuple
    quick: bool = False
    who: tuple = ("ours", "reference")  # in turn
    beside: tuple = ()  # other backends; direct: ours, without the proxy
    ms: tuple = (100, 200)  # the measured part: quick, full
    rounds_max: tuple = (99, 99)  # quick, full

    @property
    def name(self):
        plain = ("type", "transport", "placement", "size", "count")
        return " ".join([self.cell, *(str(v) if k in plain else "%s=%s" % (k, v)
                                      for k, v in self.options.items() if k != "limit")])

    def get(self, option):
        return self.options.get(option)

    def is_more_better(self, metric):
        return METRICS[metric][1]


def throughput():
    for transport in TRANSPORTS:
        for placement in PLACEMENTS:
            for size in SIZES:
                raw = ("raw",) if size >= 65536 and transport != "inproc" else ()
                yield Cell("throughput", dict(transport=transport, placement=placement, size=size),
                           ("rate", "cpu_ns"), quick=placement == "two", beside=OTHERS + raw)


def large_copies():
    """Large messages by zmq_send and zmq_recv, which copy them."""
    for transport in TRANSPORTS:
        for size in SIZES[-2:]:
            yield Cell("throughput", dict(transport=transport, placement="two", size=size,
                                          api="buffer"), ("rate", "cpu_ns"))


def copies():
    for size in SIZES:
        yield Cell("memcpy", dict(size=size), ("rate",), quick=True, who=("raw",))


def round_trips():
    for kind in ("req", "pair"):
        for transport in TRANSPORTS:
            for placement in PLACEMENTS if kind == "req" else ("two",):
                for size in SIZES:
                    yield Cell(
                        "round_trip",
                        dict(type=kind, transport=transport, placement=placement, size=size),
                        ("p50_us", "p99_us", "cpu_ns"), beside=OTHERS + ("raw",),
                        quick=size == 64 or (size == 4096 and placement == "one"))


def open_loop():
    for transport in TRANSPORTS:
        for placement in PLACEMENTS:
            yield Cell("open_loop", dict(transport=transport, placement=placement, size=64),
                       ("p50_us", "p99_us", "p999_us", "cpu_ns"), quick=placement == "two",
                       beside=OTHERS + ("raw",), ms=(300, 1000))


def patterns():
    """Many sockets, of one kind or another, wherever the scheduler puts them."""
    for transport in TRANSPORTS:
        def cell(kind, metrics=("rate", "cpu_ns"), quick=transport == "tcp", beside=(),
                 transport=transport, **options):
            return Cell(kind, dict(transport=transport, **options), metrics, quick, beside=beside)
        for count in (1, 10, 100):
            yield cell("fan_out", count=count, size=64)
        for count in (1, 10, 100, 1000):
            yield cell("clients", count=count, size=64)
        for size in (64, 1024):
            yield cell("proxy", beside=("direct",), size=size)
        for count in (2, 4, 8):
            yield cell("fan_in", count=count, size=64)
        yield cell("churn", quick=True)


def subscriptions():
    for count, topics in ((100000, "plain"), (100000, "random"), (1000000, "plain")):
        yield Cell("subscriptions", dict(count=count, topics=topics, limit=60),
                   ("time_ms", "memory_kb", "publish_rate"), quick=topics == "plain",
                   rounds_max=(3, 5), ms=(200, 300))


def many():
    """Connections, sockets, contexts."""
    for count in (1000, 10000):
        yield Cell("connections", dict(count=count, limit=60),
                   ("memory_kb", "time_ms", "teardown_ms", "server_teardown_ms"), quick=True,
                   rounds_max=(3, 5))
    for heartbeat_ms in (0, 1000):
        yield Cell("connections", dict(count=1000, heartbeat_ms=heartbeat_ms, idle_ms=2000),
                   ("idle_client_ms_per_s", "idle_server_ms_per_s"), quick=True, rounds_max=(2, 3))
    for count in (10, 100, 2000):
        yield Cell("poll", dict(count=count), ("call_us",), quick=True)
    yield Cell("socket_creation", {}, ("rate",), quick=True)
    yield Cell("context_creation", {}, ("rate",), quick=True)


def cells():
    """All of them, in the order of the table. CURVE will follow when the library has it."""
    return [*throughput(), *large_copies(), *copies(), *round_trips(), *open_loop(), *patterns(),
            *subscriptions(), *many()]
