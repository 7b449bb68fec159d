#!/bin/bash
# usage: tests/memcheck/run.sh BUILD_DIR [GTEST_FILTER]
#
# Programs under valgrind's memcheck: examples in pairs over tcp and ipc, and API tests if BUILD_DIR
# has them. No list of exceptions: any error, any definite, indirect or possible leak fails.
# Prints one line per program and "@counts PASSED FAILED SKIPPED". Returns 77 without valgrind.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(cd "${1:?usage: run.sh BUILD_DIR [GTEST_FILTER]}" && pwd)
filter=${2:-Over/Transfer*:Over/Asking*:Over/Publishing*:Of/FreshSocket*}
limit_s=120

command -v valgrind >/dev/null || { echo "SKIPPED: valgrind is not installed"; exit 77; }
library=$(find "$tree" -name libzmq.so.5 | sort | head -n 1)
[[ $library ]] || { echo "no libzmq.so.5 below $tree: build the library first"; exit 1; }

scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT
export LD_LIBRARY_PATH=${library%/*}
passed=0 failed=0

compile() { # compile NAME...: examples, against the library and its own header where it has one
  local name include=()
  [[ -e $root/include/zmq.h ]] && include=(-I"$root/include")
  for name in "$@"; do
    cc -g "${include[@]}" "$root/examples/$name.c" -o "$scratch/$name" "$library" || exit 1
  done
}

check() { # check LABEL PROGRAM ARGUMENT...: the program in the foreground, with its verdict
  local label=$1
  shift
  if timeout $limit_s valgrind -q --error-exitcode=99 --fair-sched=yes --leak-check=full \
      --errors-for-leak-kinds=definite,indirect,possible "$@" >"$scratch/$label.log" 2>&1; then
    echo "ok   $label"
    return 0
  fi
  echo "FAIL $label"
  sed 's/^/     /' "$scratch/$label.log" | tail -n 40
  return 1
}

count() { if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

endpoint_of() { # endpoint_of LOG [NTH]: what a program in the background listens on
  local turn line
  for ((turn = 0; turn < limit_s * 10; turn++)); do
    line=$(sed -n 's/^listening on //p' "$1" 2>/dev/null | sed -n "${2:-1}p")
    [[ $line ]] && { echo "$line"; return; }
    read -rt 0.1 <> <(:) || true
  done
}

# pair SCHEME SERVER CLIENT ARGUMENTS: both under valgrind; SERVER ends by itself after ARGUMENTS.
pair() {
  local label=$1-$2 endpoint server
  [[ $1 == tcp ]] && endpoint='tcp://127.0.0.1:*' || endpoint=ipc://$scratch/pair
  check "$label" "$scratch/$2" "$endpoint" "${@:4}" &
  server=$!
  check "$1-$3" "$scratch/$3" "$(endpoint_of "$scratch/$label.log")" "${@:4}"
  count $?
  wait $server
  count $?
}

compile hello_server hello_client zero_copy relay sync_pub sync_sub
for scheme in tcp ipc; do
  pair $scheme hello_server hello_client 200
done
check zero_copy-tcp "$scratch/zero_copy" 'tcp://127.0.0.1:*'; count $?
check zero_copy-ipc "$scratch/zero_copy" "ipc://$scratch/zero"; count $?
check zero_copy-inproc "$scratch/zero_copy"; count $?
check relay "$scratch/relay"; count $?

check sync_pub "$scratch/sync_pub" 'tcp://127.0.0.1:*' 'tcp://127.0.0.1:*' 1 5000 &
publisher=$!
check sync_sub "$scratch/sync_sub" "$(endpoint_of "$scratch/sync_pub.log")" \
  "$(endpoint_of "$scratch/sync_pub.log" 2)"
count $?
wait $publisher
count $?

if [[ -x $tree/tests/api_tests ]]; then
  check api_tests "$tree/tests/api_tests" --gtest_brief=1 --gtest_filter="$filter"; count $?
fi
echo "@counts $passed $failed 0"
[[ $failed == 0 ]]
