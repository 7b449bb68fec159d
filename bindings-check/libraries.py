"""Finding libzmq libraries, running programs on one of them, proving which one they mapped."""
import glob
import os
import re
import subprocess

DEBIAN_PYTHON = "/usr/bin/python3"
DEBIAN_LIBRARY = "/usr/lib/%s-linux-gnu/libzmq.so.5" % os.uname().machine


class Library:
    """A libzmq.so.5 and how it gets under an unmodified program: the loader's path or preload."""

    def __init__(self, name, path, how):
        self.name, self.path, self.how = name, os.path.realpath(path), how
        self.loaded_as = path

    def environment(self):
        env = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "LD_LIBRARY_PATH")}
        if self.how == "LD_LIBRARY_PATH":
            env["LD_LIBRARY_PATH"] = os.path.dirname(self.loaded_as)
        elif self.how == "LD_PRELOAD":
            env["LD_PRELOAD"] = self.loaded_as
        return env

    def __str__(self):
        return self.name if self.how == "system" else "%s by %s" % (self.name, self.how)


def debian_library():
    return Library("Debian", DEBIAN_LIBRARY, "system")


def our_library(build_dir, how):
    found = sorted(glob.glob(os.path.join(build_dir, "**", "libzmq.so.5"), recursive=True))
    if not found:
        raise SystemExit("no libzmq.so.5 below %s: build the library first" % build_dir)
    return Library("ours", os.path.abspath(found[0]), how)


def mapped_libraries(pid="self"):
    """The files that look like a libzmq in the memory map of a process."""
    with open("/proc/%s/maps" % pid) as maps:
        paths = {line.split(None, 5)[5].strip() for line in maps if line.count("/")}
    return sorted(p for p in paths if re.search(r"/libzmq[^/]*\.so", p))


def mapped_exactly(pid, library):
    """An empty text if the process has mapped this library and no other, else what is wrong."""
    have = [os.path.realpath(p) for p in mapped_libraries(pid)]
    return "" if have == [library.path] else "mapped %s instead of %s" % (have, library.path)


def missing_python_binding():
    """Why Debian's pyzmq cannot be used, or an empty text."""
    if not os.path.exists(DEBIAN_PYTHON):
        return "no %s" % DEBIAN_PYTHON
    probe = subprocess.run([DEBIAN_PYTHON, "-c", "import zmq"], stderr=subprocess.PIPE,
                           env=debian_library().environment(), check=False)
    return "" if probe.returncode == 0 else "Debian's python3-zmq is not installed"
