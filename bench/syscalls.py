"""System calls of a round trip, by strace: by each end and each kind of thread.

Two runs, one with twice as many round trips; what the second has more of belongs to those."""

import collections
import os
import re
import shutil
import subprocess
import tempfile

import programs

TRIPS = 1000
ENDS = ("REP", "REQ")


def why_not():
    return None if shutil.which("strace") else "strace is not installed"


def _threads(scratch):
    """{task: its parent} and the tasks that are threads of their parent."""
    parents, threads = {}, set()
    for name in os.listdir(scratch):
        parent = int(name.rpartition(".")[2])
        with open(os.path.join(scratch, name), encoding="utf-8", errors="replace") as file:
            for line in file:
                made = re.match(r"(clone3?|v?fork)\((.*)\) = (\d+)$", line) or re.match(
                    r"(clone3?|v?fork)\((.*)=> .*\) = (\d+)$", line)
                if made:
                    parents[int(made[3])] = parent
                    if "CLONE_THREAD" in made[2]:
                        threads.add(int(made[3]))
    return parents, threads


def _run(tools, who, options):
    """{(end, call): how often} over all threads of an end; an inproc run has one process."""
    counts = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="strace") as scratch:
        command = [tools.program("zmq"), "round_trip", "folder=" + tools.scratch, "limit=60"]
        command += ["%s=%s" % item for item in options.items()]
        subprocess.run(["strace", "-f", "-ff", "-o", os.path.join(scratch, "t"), *command],
                       env=tools.environments[who], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=120)
        parents, threads = _threads(scratch)
        tasks = sorted(int(name.rpartition(".")[2]) for name in os.listdir(scratch))
        processes = [t for t in tasks if t in parents and t not in threads]
        for task in tasks:
            owner = task
            while owner in threads:
                owner = parents[owner]
            if owner not in processes:
                continue  # the supervisor
            with open(os.path.join(scratch, "t.%d" % task), encoding="utf-8",
                      errors="replace") as file:
                for line in file:
                    call = re.match(r"(\w+)\(", line)
                    if call:
                        counts[processes.index(owner), call[1]] += 1
    return counts


def per_trip(tools, who, transport):
    """{end: {call: times per round trip}}; end is 0, 1, and over inproc only 0 for both."""
    options = {"transport": transport, "size": 64, "placement": "two"}
    once = _run(tools, who, dict(options, trips=TRIPS))
    twice = _run(tools, who, dict(options, trips=2 * TRIPS))
    # trips= holds for the warm-up as well.
    result = collections.defaultdict(dict)
    for (end, call), times in twice.items():
        more = (times - once[end, call]) / (2 * TRIPS)
        if more >= 0.005:
            result[end][call] = more
    return dict(result)


def rows(tools):
    """(library, transport, total, both ends in words) for the table."""
    for transport in ("tcp", "ipc", "inproc"):
        for who in (programs.OURS, programs.REFERENCE):
            ends = per_trip(tools, who, transport)
            total = sum(sum(calls.values()) for calls in ends.values())
            words = []
            for end in sorted(ends):
                calls = sorted(ends[end].items(), key=lambda item: -item[1])
                words.append("%s: %s" % (
                    "both" if transport == "inproc" else ENDS[end],
                    ", ".join("%.2f %s" % (times, call) for call, times in calls)))
            yield who, transport, total, "; ".join(words)
