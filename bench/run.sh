#!/bin/bash
# usage: bench/run.sh BUILD_DIR [OPTIONS OF run.py]
exec python3 "$(dirname "$0")/run.py" "$@"
