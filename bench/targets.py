"""The targets: which cells they are about, and what the ratio to the reference must be."""

import dataclasses
import statistics
from typing import Callable

AT_LEAST, AT_MOST = "at least", "at most"


def ratios(results, metric, ours="ours", other="reference"):
    """Ours divided by the other one, round by round."""
    pairs = zip(results.get(ours, ()), results.get(other, ()))
    return [a[metric] / b[metric] for a, b in pairs if metric in a and b.get(metric)]


@dataclasses.dataclass
class Target:
    """Holds when it holds for the median of every cell that `about` picks."""
    text: str
    metric: str
    bound: str
    value: float
    about: Callable
    against: str = "reference"

    def worst(self, measured):
        """(ratios, cell) of the cell that is farthest from the target; None if there is none."""
        found = []
        for cell, results in measured:
            if self.about(cell) and self.metric in cell.metrics:
                values = ratios(results, self.metric, other=self.against)
                if values:
                    found.append((statistics.median(values), values, cell))
        if not found:
            return None
        found.sort(key=lambda entry: entry[0], reverse=self.bound == AT_MOST)
        return found[0][1], found[0][2]

    def is_met(self, values):
        median = statistics.median(values)
        return median >= self.value if self.bound == AT_LEAST else median <= self.value


def _is(cell, kind, transports=None, sizes=None, placements=None):
    return (cell.cell == kind and not cell.get("api")
            and (not transports or cell.get("transport") in transports)
            and (not sizes or cell.get("size") in sizes)
            and (not placements or cell.get("placement") in placements))


def _million(cell):
    return _is(cell, "subscriptions") and cell.get("count") == 1000000


# Where nothing else is said a target is about two cores, one for each end.
TWO = ("two",)
SMALL, MEDIUM, LARGE = (8, 64, 256), (1024, 4096), (65536, 1048576)

TARGETS = [
    Target("throughput 8-256 B, tcp and ipc", "rate", AT_LEAST, 4,
           lambda c: _is(c, "throughput", ("tcp", "ipc"), SMALL, TWO)),
    Target("throughput 8-256 B, inproc", "rate", AT_LEAST, 5,
           lambda c: _is(c, "throughput", ("inproc",), SMALL, TWO)),
    Target("throughput 1-4 KiB, all transports", "rate", AT_LEAST, 2,
           lambda c: _is(c, "throughput", None, MEDIUM, TWO)),
    Target("throughput 64 KiB and 1 MiB, tcp", "rate", AT_LEAST, 1.2,
           lambda c: _is(c, "throughput", ("tcp",), LARGE, TWO)),
    Target("throughput 64 KiB and 1 MiB, ipc", "rate", AT_LEAST, 2,
           lambda c: _is(c, "throughput", ("ipc",), LARGE, TWO)),
    Target("throughput 64 KiB and 1 MiB, of raw", "rate", AT_LEAST, 0.9,
           lambda c: _is(c, "throughput", None, LARGE, TWO), "raw"),
    Target("CPU time per message, 8-256 B", "cpu_ns", AT_MOST, 0.25,
           lambda c: _is(c, "throughput", None, SMALL, TWO)),
    Target("round trip p50, one core, tcp", "p50_us", AT_MOST, 0.4,
           lambda c: _is(c, "round_trip", ("tcp",), None, ("one",))),
    Target("round trip p50, one core, ipc", "p50_us", AT_MOST, 0.4,
           lambda c: _is(c, "round_trip", ("ipc",), None, ("one",))),
    Target("round trip p50, one core, inproc", "p50_us", AT_MOST, 0.5,
           lambda c: _is(c, "round_trip", ("inproc",), None, ("one",))),
    Target("round trip p50, one core, of raw", "p50_us", AT_MOST, 1.5,
           lambda c: _is(c, "round_trip", None, None, ("one",)), "raw"),
    Target("round trip p50, two cores", "p50_us", AT_MOST, 0.5,
           lambda c: _is(c, "round_trip", None, None, ("two",))),
    Target("round trip p50, free", "p50_us", AT_MOST, 0.4,
           lambda c: _is(c, "round_trip", None, None, ("free",))),
    Target("open loop, one way p50", "p50_us", AT_MOST, 0.7, lambda c: _is(c, "open_loop")),
    Target("open loop, one way p99", "p99_us", AT_MOST, 0.7, lambda c: _is(c, "open_loop")),
    Target("PUB fan-out, delivered per second", "rate", AT_LEAST, 3, lambda c: _is(c, "fan_out")),
    Target("1,000,000 subscriptions: time", "time_ms", AT_MOST, 0.5, _million),
    Target("1,000,000 subscriptions: memory", "memory_kb", AT_MOST, 0.4, _million),
    Target("DEALER/ROUTER, 1 to 1,000 clients", "rate", AT_LEAST, 3, lambda c: _is(c, "clients")),
    Target("zmq_proxy throughput", "rate", AT_LEAST, 3, lambda c: _is(c, "proxy")),
    Target("zmq_proxy throughput, of direct", "rate", AT_LEAST, 0.8, lambda c: _is(c, "proxy"),
           "direct"),
    Target("memory per idle connection", "memory_kb", AT_MOST, 0.15,
           lambda c: _is(c, "connections")),
    Target("zmq_poll, 2,000 sockets, one ready", "call_us", AT_MOST, 0.05,
           lambda c: _is(c, "poll") and c.get("count") == 2000),
    Target("connect/close churn", "rate", AT_LEAST, 2, lambda c: _is(c, "churn")),
    Target("socket creation", "rate", AT_LEAST, 2, lambda c: _is(c, "socket_creation")),
]
