#!/usr/bin/env python3
"""Judge the C API and ABI of a libzmq.so.5 against the reference, libzmq 4.3.4.

usage: abi/check.py --library PATH [--reference FILE] [--accepted FILE] [--only PART]

Three parts; each one that fails makes the exit status 1, and 77 says that all were skipped. A line
`@counts PASSED FAILED SKIPPED` near the end is for tools/test.sh.

  probe    runs abi/probe/probe.py on the library and compares the answers with the reference.
           Every mismatch, new crash or missing answer must be covered by a row of accepted.json,
           and every row of accepted.json must still cover something (a stale row fails too).
  exports  the dynamic symbols are exactly the names in abi/exports.txt.
  abidiff  abigail-tools find no removed or changed symbol compared with Debian's library.
"""
import argparse
import gzip
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FATAL = ("mismatch", "new-crash", "missing")
DEBIAN_LIBRARY = "/usr/lib/%s-linux-gnu/libzmq.so.5" % platform.machine()
PROBE_LIMIT_S = 400


class Row:
    """One accepted difference: a regular expression on the id, more on what else must hold."""

    FIELDS = {"category", "reason", "id", "what", "class", "candidate", "may_be_absent"}

    def __init__(self, record, categories):
        unknown = set(record) - self.FIELDS
        if unknown:
            raise ValueError("unknown field %s in accepted row %s" % (sorted(unknown), record))
        if record["category"] not in categories:
            raise ValueError("unknown category in accepted row %s" % record)
        if not record["reason"].strip():
            raise ValueError("accepted row %s gives no reason" % record)
        self.record = record
        self.category = record["category"]
        self.id = re.compile(record["id"])
        self.what = re.compile(record.get("what", ""))
        self.candidate = re.compile(record.get("candidate", ""))
        self.cls = record.get("class")
        self.hits = 0

    def covers(self, diff):
        answer = json.dumps(diff["candidate"], sort_keys=True)
        return (self.id.fullmatch(diff["id"]) is not None
                and self.what.search(diff["what"]) is not None
                and self.candidate.search(answer) is not None
                and self.cls in (None, diff["class"]))


def load_rows(path):
    with open(path) as f:
        doc = json.load(f)
    return [Row(r, doc["categories"]) for r in doc["rows"]]


def read_reference(path, scratch):
    """The path of the reference as plain JSON (the committed one is compressed)."""
    if not path.endswith(".gz"):
        return path
    plain = os.path.join(scratch, "reference.json")
    with gzip.open(path) as src, open(plain, "wb") as dst:
        shutil.copyfileobj(src, dst)
    return plain


def run_probe(library, output, scale):
    command = [sys.executable, os.path.join(HERE, "probe", "probe.py"), "-o", output,
               "--timeout-scale", str(scale)]
    subprocess.run(command, check=True, timeout=PROBE_LIMIT_S,
                   env=dict(os.environ, LIBZMQ=os.path.realpath(library)))


def differences(reference, candidate):
    out = subprocess.run([sys.executable, os.path.join(HERE, "probe", "diff.py"), "--json",
                          reference, candidate], stdout=subprocess.PIPE, check=False)
    return json.loads(out.stdout)


def short(value, width=170):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text if len(text) <= width else text[:width] + "..."


def print_differences(title, diffs, limit):
    if not diffs:
        return
    print("\n%s (%d)" % (title, len(diffs)))
    for d in diffs[:limit]:
        print("  [%s] %s   %s" % (d["class"], d["id"], d["what"]))
        print("      reference: %s\n      ours     : %s" % (short(d["reference"]),
                                                          short(d["candidate"])))
    if len(diffs) > limit:
        print("  ... and %d more (--limit)" % (len(diffs) - limit))


def check_probe(args, scratch):
    rows = load_rows(args.accepted) if args.accepted != "none" else []
    reference = read_reference(args.reference, scratch)
    candidate = args.probed
    if not candidate:
        candidate = args.keep or os.path.join(scratch, "candidate.json")
        run_probe(args.library, candidate, args.timeout_scale)
    result = differences(reference, candidate)
    refused, accepted, by_category = [], 0, {}
    for diff in result["differences"]:
        covering = [row for row in rows if row.covers(diff)]
        for row in covering:
            row.hits += 1
        if diff["class"] not in FATAL:
            continue
        if covering:
            accepted += 1
            by_category[covering[0].category] = by_category.get(covering[0].category, 0) + 1
        else:
            refused.append(diff)
    stale = [row for row in rows if row.hits == 0 and not row.record.get("may_be_absent")]
    print_differences("not accepted", refused, args.limit)
    for row in stale:
        print("stale accepted row: id %s what %s (%s)" % (
            row.record["id"], row.record.get("what", "-"), row.record["reason"]))
    if args.verbose:
        print_differences("for information", [d for d in result["differences"]
                                              if d["class"] not in FATAL], args.limit)
    print("probe: compared %d answers; accepted %d (%s); not accepted %d; stale rows %d" % (
        result["compared"], accepted,
        ", ".join("%s %d" % kv for kv in sorted(by_category.items())) or "none",
        len(refused), len(stale)))
    counts = {k: v for k, v in result["count"].items() if v and k not in FATAL}
    print("probe: besides these, not judged: %s" % (
        ", ".join("%s %d" % kv for kv in counts.items()) or "nothing"))
    return not refused and not stale


def exported_names(library):
    out = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library], check=True,
                         stdout=subprocess.PIPE, universal_newlines=True).stdout
    return {line.split()[0].split("@")[0] for line in out.splitlines() if line.strip()}


def check_exports(args):
    with open(os.path.join(HERE, "exports.txt")) as f:
        wanted = set(f.read().split())
    have = exported_names(args.library)
    for name in sorted(wanted - have):
        print("exports: %s is missing" % name)
    for name in sorted(have - wanted):
        print("exports: %s should be hidden" % name)
    print("exports: %d of %d names, %d others" % (len(wanted & have), len(wanted),
                                                  len(have - wanted)))
    return wanted == have


def check_abidiff(args):
    """True: no difference; False: some; None: skipped."""
    if not shutil.which("abidiff"):
        print("abidiff: SKIPPED: abidiff is not installed (package abigail-tools)")
        return None
    if not os.path.exists(args.debian):
        print("abidiff: SKIPPED: Debian's library %s is not installed (package libzmq5)"
              % args.debian)
        return None
    # Debian ships no debug information, so this compares the ELF symbols and the soname.
    out = subprocess.run(["abidiff", "--no-added-syms", os.path.realpath(args.debian),
                          os.path.realpath(args.library)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    if out.returncode:
        print(out.stdout)
    print("abidiff: %s" % ("no removed or changed symbol" if out.returncode == 0
                           else "differences, status %d" % out.returncode))
    return out.returncode == 0


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--library", required=True, help="the libzmq.so.5 to judge")
    ap.add_argument("--reference", default=os.path.join(HERE, "baseline",
                                                        "libzmq-4.3.4.json.gz"))
    ap.add_argument("--accepted", default=os.path.join(HERE, "accepted.json"),
                    help="accepted differences, or 'none'")
    ap.add_argument("--debian", default=DEBIAN_LIBRARY, help="the library abidiff compares with")
    ap.add_argument("--only", choices=["probe", "exports", "abidiff"], action="append")
    ap.add_argument("--probed", help="use this output of probe.py instead of running it")
    ap.add_argument("--keep", help="write the output of probe.py to this file")
    ap.add_argument("--timeout-scale", type=float, default=1.0,
                    help="longer scenario limits, for slow or loaded machines")
    ap.add_argument("--limit", type=int, default=60, help="differences to print at most")
    ap.add_argument("-v", "--verbose", action="store_true", help="print the harmless ones too")
    args = ap.parse_args()
    parts = args.only or ["probe", "exports", "abidiff"]
    results = []
    with tempfile.TemporaryDirectory(prefix="abi") as scratch:
        if "exports" in parts:
            results.append(check_exports(args))
        if "abidiff" in parts:
            results.append(check_abidiff(args))
        if "probe" in parts:
            results.append(check_probe(args, scratch))
    passed, failed, skipped = (results.count(r) for r in (True, False, None))
    print("@counts %d %d %d" % (passed, failed, skipped))
    print("ABI check: %s" % ("FAIL" if failed else "PASS" if passed else "SKIPPED"))
    sys.exit(1 if failed else 0 if passed else 77)


if __name__ == "__main__":
    main()
