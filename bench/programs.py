"""The programs that measure: compiling them, and running one cell on one library."""

import json
import os
import platform
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN_LIBRARY = "/usr/lib/%s-linux-gnu/libzmq.so.5" % platform.machine()

# backend: its library, for the linker; its header, whose package is named when it is missing
LIBRARIES = {"zmq": None, "nng": "-lnng", "nanomsg": "-lnanomsg", "raw": None}
PACKAGES = {"nng": "libnng-dev", "nanomsg": "libnanomsg-dev"}
COMMON_CELLS = ("throughput.c", "round_trip.c", "open_loop.c")
# ours and the reference run the same program
OURS, REFERENCE = "ours", "reference"


class Programs:
    """One program for each backend, in a folder, and the environments for both libzmq."""

    def __init__(self, folder, ours, reference):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.scratch = os.path.join(folder, "scratch")  # ipc sockets
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch)
        self.missing = {}  # backend: why
        self.environments = {OURS: self._environment(OURS, ours),
                             REFERENCE: self._environment(REFERENCE, reference)}
        self._ours = ours

    def compile_all(self):
        for backend in LIBRARIES:
            self._compile(backend, self._ours)

    def _environment(self, name, library):
        """Loads exactly this file, whatever it is called."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        link = os.path.join(folder, "libzmq.so.5")
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.realpath(library), link)
        return dict(os.environ, LD_LIBRARY_PATH=folder)

    def program(self, backend):
        return os.path.join(self.folder, "bench-" + backend)

    def _compile(self, backend, ours):
        cells = os.path.join(HERE, "cells")
        names = sorted(os.listdir(cells)) if backend == "zmq" else COMMON_CELLS
        sources = [os.path.join(cells, n) for n in names if n.endswith(".c")]
        harness = os.path.join(HERE, "harness")
        sources += [os.path.join(harness, n) for n in os.listdir(harness) if n.endswith(".c")]
        sources.append(os.path.join(HERE, "backends", backend + ".c"))
        library = [ours] if backend == "zmq" else [LIBRARIES[backend]] if LIBRARIES[backend] else []
        done = subprocess.run(
            ["cc", "-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-pthread", "-I", HERE, "-I",
             os.path.join(HERE, "..", "include"), '-DBACKEND="backends/%s.h"' % backend,
             *sources, *library, "-o", self.program(backend)],
            stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            return
        if backend not in PACKAGES or "No such file" not in done.stderr:
            raise SystemExit(done.stderr)
        self.missing[backend] = "%s is not installed" % PACKAGES[backend]

    def run(self, who, cell, options):
        """What one run reports, or {"error": why}. who: ours, reference, or a backend."""
        backend = who if who in LIBRARIES else "zmq"
        if backend in self.missing:
            return {"error": self.missing[backend]}
        command = [self.program(backend), cell, "folder=" + self.scratch]
        command += ["%s=%s" % item for item in options.items()]
        done = subprocess.run(command, env=self.environments.get(who), text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1:] or ["status %d" % done.returncode]
            return {"error": last[0]}
        return json.loads(done.stdout)
