"""Instructions per message of the send and the receive path, which load and clock don't change.

Callgrind counts them (paths/paths.c says what runs); instructions.json keeps what they were. They
hold for one compiler and architecture: with another one there is nothing to compare."""

import json
import os
import platform
import re
import shutil
import subprocess
import tempfile

import programs

KEPT = os.path.join(programs.HERE, "instructions.json")
TOLERANCE = 0.03
# A few more are no news where there are few.
TOLERANCE_COUNT = 2
MESSAGES = 2000  # kBatch * kBatches of paths.c
CASES = ("push_pull", "push_pull_msg", "dealer_router", "router_dealer", "pub_3_subs", "poll_100")


def sides(case):
    return ("receive",) if case == "poll_100" else ("send", "receive")


def why_not():
    """Why nothing can be counted here, or None."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


def maker(library):
    """What the counts depend on: the compiler of the library, and the machine."""
    with open(library, "rb") as file:
        found = re.search(rb"GCC: \([^)]*\) ([\d.]+)|(clang version [\d.]+)", file.read())
    version = (found[1] or found[2]).decode() if found else "unknown"
    return "%s, %s" % (version, platform.machine())


def count(tools, who):
    """{"case side": instructions per message} of ours or the reference."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="paths") as scratch:
        program = os.path.join(scratch, "paths")
        library = os.path.join(tools.folder, who, "libzmq.so.5")
        subprocess.run(["cc", "-std=gnu11", "-O2", "-g", "-I",
                        os.path.join(programs.HERE, "..", "include"),
                        os.path.join(programs.HERE, "paths", "paths.c"), library, "-o", program],
                       check=True)
        for case in CASES:
            for side in sides(case):
                out = os.path.join(scratch, "out")
                subprocess.run(["valgrind", "--tool=callgrind", "--dump-before=mark",
                                "--toggle-collect=%s_side" % side, "--callgrind-out-file=" + out,
                                program, case], env=tools.environments[who], check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
                # What was counted until mark() is in out.1, which is the warm-up.
                with open(out, encoding="utf-8") as file:
                    total = int(re.search(r"(?m)^summary: (\d+)", file.read())[1])
                found["%s %s" % (case, side)] = round(total / MESSAGES, 1)
    return found


def limit(value):
    return max(value * (1 + TOLERANCE), value + TOLERANCE_COUNT)


def check(tools, library, is_update):
    """Prints a line for each path, and returns the exit status; 77 when there is nothing to say."""
    why = why_not()
    if why:
        print(why)
        return 77
    kept = {}
    if os.path.exists(KEPT):
        with open(KEPT, encoding="utf-8") as file:
            kept = json.load(file)
    if not is_update and kept.get("maker") != maker(library):
        print("the counts are those of %s, this library is made by %s" % (
            kept.get("maker"), maker(library)))
        return 77
    now = count(tools, programs.OURS)
    if is_update:
        with open(KEPT, "w", encoding="utf-8") as file:
            json.dump({"maker": maker(library), "instructions": now}, file, indent=1)
            file.write("\n")
    failed = 0
    before = kept.get("instructions", {})
    for path, value in now.items():
        old = before.get(path)
        verdict = "new" if old is None else "FAIL" if value > limit(old) else \
            "fewer" if value < old * (1 - TOLERANCE) else "same"
        failed += verdict in ("FAIL", "new")
        print("%-6s %-24s %9.1f instructions, kept: %s" % (verdict, path, value, old))
    print("@counts %d %d 0" % (len(now) - failed, failed))
    if failed and not is_update:
        print("if that is meant: ./dev bench --check --update, and say why in the commit")
    return 0 if is_update or not failed else 1
