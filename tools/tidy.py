#!/usr/bin/env python3
"""The rules of the source tree, checked: layout, layers, limits, dead files, clang-tidy.

usage: tidy.py [--quick] [BUILD_DIR]

BUILD_DIR holds a compile_commands.json; without one, or with --quick, clang-tidy does not run.
Each check prints its findings and a line `PASS name` or `FAIL name`; the exit status is 1 when one
failed. What a check means stands at its top, in tools/checks.py and tools/clang_checks.py.
"""

import pathlib
import sys

import checks
import clang_checks

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    build = next((pathlib.Path(a) for a in arguments if not a.startswith("-")), None)
    tree = checks.Tree(ROOT)
    results = [
        ("layout", clang_checks.layout(tree)),
        ("layers", checks.layers(tree)),
        ("limits", checks.limits(tree)),
        ("texts", checks.texts(tree)),
        ("dead files", checks.dead_files(tree)),
    ]
    if build and not quick:
        results.append(("clang-tidy", clang_checks.tidy(tree, build)))
    failed = False
    for name, findings in results:
        if findings is None:
            print(f"SKIPPED {name}: the program is not installed")
            continue
        for finding in findings:
            print(f"  {finding}")
        print("FAIL" if findings else "PASS", name)
        failed = failed or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
