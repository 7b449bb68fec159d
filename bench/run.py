#!/usr/bin/env python3
"""Our library beside Debian's: throughput and round trips in paired rounds.

usage: bench/run.py BUILD_DIR [--rounds N] [--quick] [--other LIBRARY]

Each round measures both libraries one right after the other, in changing order; the ratio of a
round is ours : other for throughput and other : ours for round trips, so more is
always better for ours. Printed are the median and the range of the ratios, and median values.
"""
import argparse
import glob
import os
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN_LIBRARY = "/usr/lib/%s-linux-gnu/libzmq.so.5" % platform.machine()
LIMIT_S = 60

# kind, bytes, messages: sized to take some 50 to 150 ms each
CASES = [("throughput", 8, 200000), ("throughput", 256, 100000), ("throughput", 4096, 30000),
         ("throughput", 65536, 3000), ("latency", 8, 2000), ("latency", 4096, 2000),
         ("latency", 65536, 1000)]
INPROC_FACTOR = 3


def environment(library, scratch, name):
    """Loads exactly this file, whatever it is called."""
    folder = os.path.join(scratch, name)
    os.makedirs(folder)
    os.symlink(os.path.realpath(library), os.path.join(folder, "libzmq.so.5"))
    return dict(os.environ, LD_LIBRARY_PATH=folder)


def measure(program, env, kind, endpoint, size, messages):
    done = subprocess.run([program, kind, endpoint, str(size), str(messages)], env=env, check=True,
                          stdout=subprocess.PIPE, universal_newlines=True, timeout=LIMIT_S)
    return float(done.stdout)


def rounds_of(program, ours, other, case, endpoint, rounds):
    """Lists of what ours and the other one reached, paired."""
    pairs = []
    for number in range(rounds):
        order = (ours, other) if number % 2 == 0 else (other, ours)
        first, second = (measure(program, env, case[0], endpoint, *case[1:]) for env in order)
        pairs.append((first, second) if number % 2 == 0 else (second, first))
    return pairs


def line(transport, kind, size, pairs):
    ratios = [a / b if kind == "throughput" else b / a for a, b in pairs]
    unit = "msg/s" if kind == "throughput" else "us"
    ours, other = (statistics.median(p[i] for p in pairs) for i in (0, 1))
    digits = 0 if kind == "throughput" else 1
    return "%-7s %-10s %6d B  ratio %5.2f (%.2f to %.2f)   ours %10.*f %s, other %10.*f %s" % (
        transport, kind, size, statistics.median(ratios), min(ratios), max(ratios),
        digits, ours, unit, digits, other, unit)


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("build_dir")
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--quick", action="store_true", help="3 rounds")
    ap.add_argument("--other", default=DEBIAN_LIBRARY)
    args = ap.parse_args()
    found = sorted(glob.glob(os.path.join(args.build_dir, "**", "libzmq.so.5"), recursive=True))
    if not found:
        sys.exit("no libzmq.so.5 below %s: build the library first" % args.build_dir)
    if not os.path.exists(args.other):
        print("SKIPPED: nothing to compare with: no %s (package libzmq5)" % args.other)
        return
    rounds = 3 if args.quick else args.rounds
    print("%s, %d cores, %s; ours %s, other %s; %d paired rounds" % (
        platform.machine(), os.cpu_count(), platform.release(), os.path.realpath(found[0]),
        os.path.realpath(args.other), rounds), flush=True)
    with tempfile.TemporaryDirectory(prefix="bn") as scratch:
        program = os.path.join(scratch, "bench")
        subprocess.run(["cc", "-O2", os.path.join(HERE, "bench.c"), "-I",
                        os.path.join(HERE, "..", "include"), "-o", program, found[0]], check=True)
        ours = environment(found[0], scratch, "ours")
        other = environment(args.other, scratch, "other")
        for transport, endpoint in (("tcp", "tcp://127.0.0.1:*"),
                                    ("ipc", "ipc://%s/endpoint" % scratch),
                                    ("inproc", "inproc://bench")):
            for kind, size, messages in CASES:
                count = messages * (INPROC_FACTOR if transport == "inproc" else 1)
                pairs = rounds_of(program, ours, other, (kind, size, count), endpoint, rounds)
                print(line(transport, kind, size, pairs), flush=True)


if __name__ == "__main__":
    main()
