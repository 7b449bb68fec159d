#!/usr/bin/env python3
"""Show an unmodified Python binding at work on this library.

usage: bindings-check/demo.py BUILD_DIR

Debian's python3-zmq talks over tcp, ipc and inproc: first between two processes that both run on
the library in BUILD_DIR, then between one on it and one on Debian's libzmq. For each process the
libzmq that it has mapped is read from /proc/PID/maps. The exit status is 0 when all went well.
"""
import os
import sys
import tempfile
import time

from drive import Proxy, Trouble, pairs, run_pair
from libraries import (DEBIAN_LIBRARY, debian_library, mapped_libraries, missing_python_binding,
                       our_library)

SHOWN = pairs("REQ/REP", "PUB/SUB", "PUSH/PULL", "DEALER/ROUTER")


def endpoints(scratch):
    return {"tcp": "tcp://127.0.0.1:*", "ipc": "ipc://%s/demo" % scratch}


def introduce(proxy, role):
    info = proxy.call("info")  # once it answers, it has loaded its libraries
    proxy.verify_library()
    print("  %-14s pid %-7d pyzmq %s says libzmq %s" % (role, proxy.process.pid, info["pyzmq"],
                                                       info["zmq"]))
    for path in mapped_libraries(proxy.process.pid):
        print("  %-14s has mapped %s" % ("", path))


def show(pair, transport, left, right, endpoint, left_binds):
    began = time.monotonic()
    title = "%s and %s" % pair[:2] + " over " + transport
    try:
        run_pair(pair, left, right, endpoint, left_binds)
    except Trouble as trouble:
        print("  FAILED  %-28s %s" % (title, trouble))
        return 1
    print("  ok      %-28s %4.0f ms" % (title, 1000 * (time.monotonic() - began)))
    return 0


def scene(title, first, second, scratch, with_inproc):
    """Two processes, every shown pair of types over every transport; returns the failures."""
    print("\n%s" % title)
    left, right = Proxy(first), Proxy(second)
    failed = 0
    try:
        introduce(left, "one process:")
        introduce(right, "the other:")
        for pair in SHOWN:
            for transport, endpoint in endpoints(scratch).items():
                failed += show(pair, transport, left, right, endpoint, left_binds=False)
            if with_inproc:
                failed += show(pair, "inproc", left, left, "inproc://demo", left_binds=True)
        left.end()
        right.end()
    except Trouble as trouble:
        print("  FAILED  %s" % trouble)
        failed += 1
    finally:
        left.kill()
        right.kill()
    return failed


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ours, debian = our_library(sys.argv[1], "LD_LIBRARY_PATH"), debian_library()
    why = missing_python_binding()
    if why:
        sys.exit("%s; install it with: apt-get install python3-zmq" % why)
    print("Debian's python3-zmq, unmodified, on %s" % ours.path)
    with tempfile.TemporaryDirectory(prefix="demo") as scratch:
        failed = scene("1. Both processes on our library", ours, ours, scratch, True)
        if os.path.exists(DEBIAN_LIBRARY):
            failed += scene("2. One process on our library, the other on Debian's libzmq",
                            ours, debian, scratch, False)
        else:
            print("\n2. SKIPPED: Debian's libzmq is not installed (package libzmq5)")
    print("\n%s" % ("%d failed" % failed if failed else "All of it worked."))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
