#!/usr/bin/env python3
"""Our library beside Debian's libzmq, nng, nanomsg and the bare kernel.

usage: bench/run.py BUILD_DIR [OPTIONS]     (./dev bench [OPTIONS])

Each cell is measured in rounds: ours and the reference one right after the other, in changing
order, so that what else the machine does hits both. The ratio of a round is ours divided by the
other one; shown are the median and the range. Rates are better above 1, times and memory below.
"""

import argparse
import dataclasses
import glob
import json
import os
import platform
import re
import subprocess
import sys

import document
import instructions
import programs
import quiet
import report
import suite
import syscalls

QUICK_ROUNDS, FULL_ROUNDS = 5, 7
# The other libraries may get stuck as they like, but not for long.
OTHERS_LIMIT_S = 5
# The others do not change: they need not be measured as often.
BESIDE_ROUNDS = {"nng": 1, "nanomsg": 1, "raw": 3}


def measure_round(tools, cell, turn, rounds, options):
    """{who: what its run reports}"""
    order = list(cell.who if turn % 2 == 0 else reversed(cell.who))
    order += [b for b in cell.beside if turn < BESIDE_ROUNDS.get(b, rounds)]
    results = {}
    for who in order:
        if who == "direct":
            results[who] = tools.run(programs.OURS, "throughput", options)
        else:
            limit = {"limit": OTHERS_LIMIT_S} if who in cell.beside else {}
            results[who] = tools.run(who, cell.cell, dict(options, **limit))
    return results


def measure(tools, cell, rounds, ms, is_patient):
    """All runs of one cell, by who ran it."""
    results = {}
    tries = quiet.TRIES_MAX if is_patient else 0
    for turn in range(rounds):
        watch = quiet.Watch()
        of_round = measure_round(tools, cell, turn, rounds, dict(cell.options, ms=ms))
        while watch.others() > quiet.OTHERS_MAX and tries > 0:
            tries -= 1
            quiet.wait()
            watch = quiet.Watch()
            of_round = measure_round(tools, cell, turn, rounds, dict(cell.options, ms=ms))
        for who, result in of_round.items():
            results.setdefault(who, []).append(result)
    return results


def machine():
    model = re.search(r"model name\s*:\s*(.*)", open("/proc/cpuinfo", encoding="utf-8").read())
    return "%s, %d cores, Linux %s" % (model[1] if model else platform.machine(), os.cpu_count(),
                                       platform.release())


def revision():
    done = subprocess.run(["git", "-c", "safe.directory=*", "describe", "--always", "--dirty"],
                          cwd=programs.HERE, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def chosen(arguments):
    wanted = [c for c in suite.cells() if arguments.full or arguments.only or c.quick]
    if arguments.only:
        wanted = [c for c in wanted if re.search(arguments.only, c.name)]
    if arguments.placement:
        wanted = [c for c in wanted if c.get("placement") in (None, arguments.placement)]
    return wanted


def run_all(arguments, tools):
    """Measures, prints and returns [(cell, results)]."""
    rounds = arguments.rounds or (FULL_ROUNDS if arguments.full else QUICK_ROUNDS)
    measured = []
    for cell in chosen(arguments):
        results = measure(tools, cell, min(rounds, cell.rounds_max[arguments.full]),
                          arguments.ms or cell.ms[arguments.full], arguments.patient)
        measured.append((cell, results))
        print("\n".join(report.cell_lines(cell, results)), flush=True)
    return measured


def save(folder, name, measured, seconds):
    path = os.path.join(folder, name + ".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "revision": revision(), "seconds": round(seconds),
                   "cells": [dict(dataclasses.asdict(c), name=c.name, results=r)
                             for c, r in measured]}, file, indent=1)
    return path


def compare(arguments, tools, folder):
    """Measures, prints both tables, saves."""
    watch = quiet.Watch()
    measured = run_all(arguments, tools)
    seconds, others = watch.seconds(), watch.others()
    is_partial = arguments.only or arguments.placement
    print("\n" + "\n".join(report.target_table(measured, is_partial)))
    name = "partial" if is_partial else "full" if arguments.full else "quick"
    spoils = others > quiet.OTHERS_MAX and not arguments.patient
    print("%d cells in %d s; others used %.2f cores meanwhile%s; all runs in %s" % (
        len(measured), seconds, others, ", which spoils it" if spoils else "",
        os.path.relpath(save(folder, name, measured, seconds))))


def parse():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("build_dir")
    ap.add_argument("--full", action="store_true", help="all cells, more rounds")
    ap.add_argument("--only", metavar="REGEX", help="only cells whose name matches")
    ap.add_argument("--rounds", type=int, help="default: %d, full %d" % (QUICK_ROUNDS, FULL_ROUNDS))
    ap.add_argument("--ms", type=int, help="how long the measured part of a run takes")
    ap.add_argument("--patient", action="store_true",
                    help="repeat a round while others used the processor, wait until they don't")
    ap.add_argument("--placement", choices=suite.PLACEMENTS)
    ap.add_argument("--other", default=programs.DEBIAN_LIBRARY, help="the reference")
    ap.add_argument("--check", action="store_true", help="only instructions per message")
    ap.add_argument("--update", action="store_true", help="keep those of now")
    ap.add_argument("--syscalls", action="store_true", help="only system calls of a round trip")
    ap.add_argument("--document", action="store_true",
                    help="write docs/performance.md, from the last full run")
    return ap.parse_args()


def main():
    arguments = parse()
    found = sorted(glob.glob(arguments.build_dir + "/**/libzmq.so.5", recursive=True))
    if not found:
        sys.exit("no libzmq.so.5 below %s: build the library first" % arguments.build_dir)
    folder = os.path.realpath(os.path.join(programs.HERE, "..", "build", "bench"))
    tools = programs.Programs(folder, found[0], arguments.other)
    if arguments.check:
        return instructions.check(tools, found[0], arguments.update)
    if not os.path.exists(arguments.other):
        print("SKIPPED: nothing to compare with: no %s (package libzmq5)" % arguments.other)
        return 0
    tools.compile_all()
    for backend, why in tools.missing.items():
        print("SKIPPED %s: %s" % (backend, why))
    print("%s; ours %s, reference %s" % (machine(), os.path.realpath(found[0]),
                                         os.path.realpath(arguments.other)), flush=True)
    if arguments.syscalls:
        for row in syscalls.rows(tools):
            print("%-10s %-7s %5.1f  %s" % row, flush=True)
        return 0
    if arguments.full or not arguments.document:
        compare(arguments, tools, folder)
    if arguments.document:
        document.write(os.path.join(folder, "full.json"), tools)
    return 0


if __name__ == "__main__":
    sys.exit(main())
