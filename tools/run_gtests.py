#!/usr/bin/env python3
"""Runs GoogleTest programs in a few processes each, instead of one per test as ctest does: what a
sanitizer needs to start would otherwise cost more than the tests.

usage: run_gtests.py [--jobs N] [--without FILTER] [--env NAME=VALUE]... PROGRAM...

The last line, `@counts PASSED FAILED SKIPPED`, counts single tests. The environment is set for the
programs only. A program that dies counts as one failed test.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

LIMIT_S = 900
SHARDS = 4


def counts_of(report):
    """(passed, failed, skipped) of one XML report; None if the program did not write one."""
    try:
        cases = list(xml.parse(report).getroot().iter("testcase"))
    except (OSError, xml.ParseError):
        return None
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.get("result") == "skipped" for case in cases)
    run = sum(case.get("status") == "run" for case in cases)
    return run - failed - skipped, failed, skipped


def run(program, shard, arguments, folder):
    report = folder / f"{program.name}.{shard}.xml"
    environment = dict(os.environ, GTEST_TOTAL_SHARDS=str(SHARDS), GTEST_SHARD_INDEX=str(shard))
    environment.update(setting.split("=", 1) for setting in arguments.env)
    command = [program, "--gtest_brief=1", f"--gtest_output=xml:{report}",
               f"--gtest_filter=-{arguments.without}"]
    try:
        done = subprocess.run(command, env=environment, cwd=program.parent, timeout=LIMIT_S,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        output, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = late.stdout or b"", "none: it took too long"
    counts = counts_of(report) or (0, 1, 0)
    if status != 0 and counts[1] == 0:
        counts = counts[0], 1, counts[2]
    if status != 0:
        print(f"FAIL {program.name}, shard {shard}, exit status {status}")
        print(output.decode(errors="replace"), flush=True)
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--without", default="")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("programs", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        runs = [pool.submit(run, program.resolve(), shard, arguments, pathlib.Path(folder))
                for shard in range(SHARDS) for program in arguments.programs]
        passed, failed, skipped = (sum(column) for column in zip(*(r.result() for r in runs)))
    print("@counts", passed, failed, skipped)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
