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
    "p999_us": ("us p99.9", False, 1),
}


@dataclasses.dataclass
class Cell:
    """One line of the table; `metrics` are those that are compared, the first one shown first."""
    cell: str
    options: dict
    metrics: tuple
    quick: bool = False
    beside: tuple = ()  # other backends
    ms: tuple = (100, 200)  # the measured part: quick, full

    @property
    def name(self):
        return " ".join([self.cell, *(str(v) for v in self.options.values())])

    def get(self, option):
        return self.options.get(option)


def throughput():
    for transport in TRANSPORTS:
        for placement in PLACEMENTS:
            for size in SIZES:
                raw = ("raw",) if size >= 65536 and transport != "inproc" else ()
                yield Cell("throughput", dict(transport=transport, placement=placement, size=size),
                           ("rate", "cpu_ns"), quick=placement == "two", beside=OTHERS + raw)


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
                       ("p50_us", "p99_us", "p999_us", "cpu_ns"), quick=placement != "one",
                       beside=OTHERS + ("raw",), ms=(300, 1000))


def cells():
    """All of them, in the order of the table."""
    return [*throughput(), *round_trips(), *open_loop()]
