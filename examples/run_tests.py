#!/usr/bin/env python3
"""Build every example against an installed libzmq and run them with their output checked.

usage: examples/run_tests.py [--prefix PREFIX] [--cc CC] [--only NAME] [--keep DIR]

PREFIX is where the library is installed; without it the system's own libzmq is used. Each case
runs over tcp with ephemeral ports and over ipc. Needs Python 3 and nothing else.
"""
import argparse
import glob
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE_S = 30


class Failure(Exception):
    pass


class Program:
    """A running example; a thread reads its output, so waiting for a line has a deadline."""

    def __init__(self, suite, name, *arguments):
        self.name = name
        self.lines, self.ended = [], False
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [os.path.join(suite.bin, name)] + [str(a) for a in arguments], env=suite.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        suite.running.append(self)

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def text(self):
        with self.changed:
            return "\n".join(self.lines)

    def fail(self, why):
        raise Failure("%s %s; its output:\n%s" % (self.name, why, self.text()))

    def wait_line(self, pattern, nth=1):
        """The match object of the nth line that `pattern` matches whole."""
        end = time.monotonic() + DEADLINE_S
        with self.changed:
            while True:
                found = [m for m in (re.fullmatch(pattern, ln) for ln in self.lines) if m]
                if len(found) >= nth:
                    return found[nth - 1]
                left = end - time.monotonic()
                if self.ended or left <= 0:
                    break
                self.changed.wait(left)
        return self.fail("did not print %r" % pattern)

    def endpoint(self, nth=1):
        return self.wait_line("listening on (.*)", nth).group(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def finish(self):
        """Waits for a normal end and returns the output as a list of lines."""
        try:
            code = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.fail("did not end")
        self.reader.join(DEADLINE_S)
        if code != 0:
            self.fail("ended with status %d" % code)
        return list(self.lines)

    def expect(self, *patterns):
        """Ends normally with exactly these lines (regular expressions), besides "listening on"."""
        lines = [ln for ln in self.finish() if not ln.startswith("listening on ")]
        if len(lines) != len(patterns) or not all(map(re.fullmatch, patterns, lines)):
            self.fail("should have printed %r" % (patterns,))

    def expect_stopped(self, *patterns):
        self.process.send_signal(signal.SIGTERM)
        self.expect(*patterns)


class Suite:
    def __init__(self, bin_dir, scratch, env):
        self.bin, self.scratch, self.env = bin_dir, scratch, env
        self.running, self.names = [], 0
        self.scheme = "tcp"

    def start(self, name, *arguments):
        return Program(self, name, *arguments)

    def fresh(self):
        """An endpoint to bind: ephemeral for tcp, a new path for ipc."""
        self.names += 1
        if self.scheme == "tcp":
            return "tcp://127.0.0.1:*"
        return "ipc://%s/e%d" % (self.scratch, self.names)

    def kill_all(self):
        for program in self.running:
            if program.process.poll() is None:
                program.process.kill()
                program.process.wait()
        self.running = []


def hello_world(t):
    server = t.start("hello_server", t.fresh(), 10)
    client = t.start("hello_client", server.endpoint(), 10)
    client.expect(*["answer %d: World" % i for i in range(1, 11)])
    server.expect(*["received Hello"] * 10 + ["served 10 requests"])


def weather(t):
    server = t.start("weather_server", t.fresh())
    clients = [t.start("weather_client", server.endpoint(), place, 20) for place in (10001, 10042)]
    for client, place in zip(clients, (10001, 10042)):
        client.expect("20 updates about %d, average temperature -?[0-9]+" % place)
    server.expect_stopped("published [0-9]+ rounds")


def weather_proxy(t):
    server = t.start("weather_server", t.fresh())
    proxy = t.start("weather_proxy", server.endpoint(), t.fresh())
    client = t.start("weather_client", proxy.endpoint(), 10007, 20)
    client.expect("20 updates about 10007, average temperature -?[0-9]+")
    proxy.expect_stopped("proxy ends")
    server.expect_stopped("published [0-9]+ rounds")


def ventilator_workers_sink(t):
    sink = t.start("sink", t.fresh(), t.fresh(), 2)
    results, control = sink.endpoint(1), sink.endpoint(2)
    ventilator = t.start("ventilator", t.fresh(), results, 60, 1)
    tasks = ventilator.endpoint()
    workers = [t.start("worker", tasks, results, control) for _ in range(2)]
    ventilator.expect("sent 60 tasks")
    sink.expect("collected 60 results", "killed 2 workers")
    done = [int(w.wait_line("killed after ([0-9]+) tasks").group(1)) for w in workers]
    for worker in workers:
        worker.finish()
    if sum(done) != 60:
        raise Failure("the workers did %r tasks instead of 60" % done)


def two_sockets(t, reader_name):
    server = t.start("weather_server", t.fresh())
    ventilator = t.start("ventilator", t.fresh(), "-", 25, 0)
    reader = t.start(reader_name, ventilator.endpoint(), server.endpoint(), 25, 10)
    reader.expect("read 25 tasks and enough updates")
    ventilator.expect("sent 25 tasks")
    server.expect_stopped("published [0-9]+ rounds")


def multi_reader(t):
    two_sockets(t, "multi_reader")


def multi_poller(t):
    two_sockets(t, "multi_poller")


def request_reply(t, broker, last_line):
    clients_end, workers_end = broker.endpoint(1), broker.endpoint(2)
    workers = [t.start("rr_worker", workers_end) for _ in range(2)]
    clients = [t.start("rr_client", clients_end, 20) for _ in range(3)]
    for client in clients:
        client.expect("20 right answers")
    broker.expect_stopped(last_line)
    served = [int(re.fullmatch("served ([0-9]+) requests", w.stop()[-1]).group(1))
              for w in workers]
    if sum(served) != 60:
        raise Failure("the workers served %r requests instead of 60" % served)


def request_reply_broker(t):
    request_reply(t, t.start("rr_broker", t.fresh(), t.fresh()),
                  "passed on 60 requests and 60 replies")


def message_queue(t):
    request_reply(t, t.start("message_queue", t.fresh(), t.fresh()), "queue ends: told to")


def interrupt(t):
    server = t.start("interrupt", t.fresh())
    t.start("hello_client", server.endpoint(), 3).finish()
    server.expect_stopped("interrupted after 3 requests, cleaning up", "all closed")


def multithreaded_server(t):
    server = t.start("mt_server", t.fresh(), 4)
    clients = [t.start("hello_client", server.endpoint(), 10) for _ in range(3)]
    for client in clients:
        client.expect(*["answer %d: World" % i for i in range(1, 11)])
    server.expect_stopped("4 threads joined")


def relay(t):
    t.start("relay").expect("step 1 ready, telling step 2", "step 2 ready, telling step 3",
                            "step 3 got READY, test successful")


def synchronized_publisher(t):
    publisher = t.start("sync_pub", t.fresh(), t.fresh(), 3, 20000)
    subscribers = [t.start("sync_sub", publisher.endpoint(1), publisher.endpoint(2))
                   for _ in range(3)]
    for subscriber in subscribers:
        subscriber.expect("received 20000 updates")
    publisher.expect("published 20000 updates to 3 subscribers")


def envelopes(t):
    publisher = t.start("envelope_pub", t.fresh())
    t.start("envelope_sub", publisher.endpoint(), 5).expect(
        *[r"\[B\] We would like to see this"] * 5)
    publisher.expect_stopped("publisher ends")


def zero_copy(t):
    line = "sent 10 buffers of 1000000 bytes, 10 freed by the library"
    t.start("zero_copy").expect(line)
    t.start("zero_copy", t.fresh()).expect(line)


CASES = [hello_world, weather, weather_proxy, ventilator_workers_sink, multi_reader, multi_poller,
         request_reply_broker, message_queue, interrupt, multithreaded_server, relay,
         synchronized_publisher, envelopes, zero_copy]


def library_environment(prefix):
    """The environment in which pkg-config and the loader find the library under `prefix`."""
    env = dict(os.environ)
    if not prefix:
        return env
    prefix = os.path.abspath(prefix)
    found = glob.glob(os.path.join(prefix, "**", "libzmq.pc"), recursive=True)
    if not found:
        sys.exit("no libzmq.pc below %s" % prefix)
    env["PKG_CONFIG_PATH"] = os.path.dirname(found[0])
    libdir = os.path.dirname(os.path.dirname(found[0]))
    env["LD_LIBRARY_PATH"] = ":".join(filter(None, [libdir, env.get("LD_LIBRARY_PATH")]))
    return env


def build_all(bin_dir, env, compiler):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libzmq"], env=env, check=True,
                           stdout=subprocess.PIPE, universal_newlines=True).stdout
    failed = 0
    for source in sorted(glob.glob(os.path.join(HERE, "*.c"))):
        name = os.path.splitext(os.path.basename(source))[0]
        command = shlex.split(compiler) + ["-Wall", "-Wextra", "-Werror", source, "-o",
                                           os.path.join(bin_dir, name)] + shlex.split(flags)
        result = subprocess.run(command, env=env, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, universal_newlines=True, check=False)
        failed += result.returncode != 0
        print("%s build %s" % ("FAIL" if result.returncode else "ok  ", name))
        if result.returncode:
            print(result.stdout)
    return failed


def run_case(suite, case, scheme):
    suite.scheme = scheme
    began = time.monotonic()
    try:
        case(suite)
    except Failure as failure:
        print("FAIL %s (%s): %s" % (case.__name__, scheme, failure))
        return False
    finally:
        suite.kill_all()
    print("ok   %s (%s) %.2f s" % (case.__name__, scheme, time.monotonic() - began))
    return True


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--prefix", help="install prefix of the library to build against")
    ap.add_argument("--cc", default=os.environ.get("CC", "cc"), help="C compiler")
    ap.add_argument("--only", action="append", help="run only this case (repeatable)")
    ap.add_argument("--keep", help="build here and leave the programs there")
    args = ap.parse_args()
    env = library_environment(args.prefix)
    scratch = tempfile.mkdtemp(prefix="ex")
    bin_dir = os.path.abspath(args.keep) if args.keep else scratch
    os.makedirs(bin_dir, exist_ok=True)
    passed = failed = 0
    try:
        failed += build_all(bin_dir, env, args.cc)
        suite = Suite(bin_dir, scratch, env)
        for case in CASES if not failed else []:
            if args.only and case.__name__ not in args.only:
                continue
            for scheme in ("tcp", "ipc"):
                good = run_case(suite, case, scheme)
                passed, failed = passed + good, failed + (not good)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("examples: %d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
