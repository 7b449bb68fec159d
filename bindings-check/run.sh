#!/bin/bash
# usage: bindings-check/run.sh BUILD_DIR [OPTIONS OF run.py]
# Runs run.py; the line "@counts PASSED FAILED SKIPPED" at the end is for the test runner.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
python3 "$(dirname "$0")/run.py" "$@" | tee "$log"
status=${PIPESTATUS[0]}
counts='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
sed -nE "s/$counts/@counts \1 \2 \3/p" "$log" | tail -n 1
exit "$status"
