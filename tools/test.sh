#!/bin/bash
# All tests, step by step; ./dev test runs it. usage: test.sh [--quick] [STEP...]
#
# A step is a function below. It returns 0 (passed), 77 (skipped, the last line of its output says
# why) or anything else (failed). Its output goes to build/logs/STEP.log. Where the output holds
# counts of single tests (lines `@counts PASSED FAILED SKIPPED`), these count, else the step. A
# line `PART: SKIPPED: REASON` of a step that passed is shown with it.
set -u
cd "$(dirname "$0")/.."
: "${jobs:=$(nproc)}"
release=build/release
debian=/usr/lib/$(uname -m)-linux-gnu/libzmq.so.5
logs=$PWD/build/logs
export CTEST_OUTPUT_ON_FAILURE=1 CCACHE_NOHASHDIR=1

quick_steps='build tests product examples rules'
# clang-tidy (step tidy) takes as long as all tests do on a fresh machine: ./dev tidy is for that.
all_steps='build tests without product examples reference abi bindings rules instructions
  asan tsan memcheck'

passed=0 failed=0 skipped=0

skip() { echo "$*"; exit 77; }

configure_and_build() { # configure_and_build PRESET
  cmake --preset "$1" && cmake --build "build/$1" -j "$jobs"
}

# run_ctest BUILD_DIR LABELS [WRAPPER...]: runs the tests of some labels, but those that match
# $exclude, and counts them
run_ctest() {
  local tree=$1 labels=$2 report status=0
  shift 2
  report=$PWD/$tree/ctest.xml
  rm -f "$report"
  # Twice as many as there are cores: most tests mostly wait.
  "$@" ctest --test-dir "$tree" -L "$labels" -E "${exclude:-^\$}" -j $((2 * jobs)) \
    --no-tests=error --output-junit "$report" || status=$?
  counts_of "$report"
  return $status
}

counts_of() { # counts_of JUNIT_FILE
  python3 - "$1" <<'EOT'
import sys, xml.etree.ElementTree as xml
try:
    suite = xml.parse(sys.argv[1]).getroot()
except (OSError, xml.ParseError):
    sys.exit()
total, failed, skipped = (int(suite.get(k, 0)) for k in ("tests", "failures", "skipped"))
# Those named DISABLED_ are the child programs of other tests.
total -= int(suite.get("disabled", 0))
print("@counts", total - failed - skipped, failed, skipped)
EOT
}

step_build() { configure_and_build release; }

step_tests() { run_ctest $release '^(unit|sim|explore|api|wire)$'; }

# The same without the short cuts of src/base/fast_paths.h.
step_without() {
  tools/run_gtests.py --jobs $((2 * jobs)) --env ZMQNG_WITHOUT=all \
    $release/tests/{sim_tests,api_tests,wire_tests}
}

step_product() { run_ctest $release '^product$'; }

step_examples() {
  local prefix=$PWD/build/installed
  cmake --install $release --prefix "$prefix" || return 1
  python3 examples/run_tests.py --prefix "$prefix"
  local status=$?
  sed -nE 's/^examples: ([0-9]+) passed, ([0-9]+) failed.*/@counts \1 \2 0/p' "$logs/examples.log"
  return $status
}

# The API tests say what is true of libzmq in general: the system's must pass them as well. A test
# of what that one does wrong skips itself.
step_reference() {
  [[ -e $debian ]] || skip "the package libzmq5 is not installed"
  local folder=$PWD/build/reference
  mkdir -p "$folder"
  ln -sfn "$debian" "$folder/libzmq.so.5"
  export LD_LIBRARY_PATH=$folder
  ldd $release/tests/api_tests | grep -F "libzmq.so.5 => $folder/" || return 1
  run_ctest $release '^api$'
}

step_abi() { python3 abi/check.py --library $release/libzmq.so.5; }

step_bindings() { bindings-check/run.sh $release; }

# Instructions per message, which should not grow unseen: bench/instructions.json.
step_instructions() { python3 bench/run.py $release --check; }

step_rules() { python3 tools/tidy.py --quick; }

step_tidy() {
  command -v clang-tidy-14 >/dev/null || skip "clang-tidy-14 is not installed"
  python3 tools/tidy.py $release
}

# run_sanitized PRESET RUNTIME [OPTION...]: the tests with a sanitizer in the library. Those that
# know only zmq.h are the ones of the release build: it is the library that is to be watched.
run_sanitized() {
  local preset=$1 runtime=$2
  shift 2
  configure_and_build "$preset" || return 1
  local programs=() program
  for program in build/"$preset"/tests/{unit_*,sim_tests}; do
    [[ -f $program && -x $program ]] && programs+=("$program")
  done
  local failed=0
  "${wrapper[@]}" tools/run_gtests.py --jobs "$jobs" "${programs[@]}" || failed=1
  # Its fibers and the sanitizer's second stack get in each other's way.
  if [[ -x build/$preset/tests/explore/explore_tests ]]; then
    ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_stack_use_after_return=0 \
      tools/run_gtests.py --jobs "$jobs" build/"$preset"/tests/explore/explore_tests || failed=1
  fi
  "${wrapper[@]}" tools/run_gtests.py --jobs $((2 * jobs)) "$@" \
    --env LD_PRELOAD="$(gcc -print-file-name="$runtime")" \
    --env LD_LIBRARY_PATH="$PWD/build/$preset" $release/tests/{api,wire}_tests || failed=1
  return $failed
}

step_asan() {
  local wrapper=()
  # Memory that waits in a cache of ours looks used.
  export ZMQNG_WITHOUT=block-cache
  export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1
  export UBSAN_OPTIONS=print_stacktrace=1
  run_sanitized asan libasan.so
}

step_tsan() {
  # This compiler's ThreadSanitizer knows only kernels that randomise addresses a little.
  local wrapper=()
  setarch -R true 2>/dev/null && wrapper=(setarch -R)
  export TSAN_OPTIONS=allocator_may_return_null=1:second_deadlock_stack=1
  # It cannot start threads in a child of a program with threads, and hands signals over late, so
  # that system calls return EINTR although SA_RESTART is set.
  run_sanitized tsan libtsan.so --without '*Fork.AChildMayHaveItsOwnContext*:Signals.WithSaRestart*'
}

# Valgrind is slow: the unit tests, and the API tests of messages and single sockets. Tests that
# spin up threads to provoke races are ThreadSanitizer's.
step_memcheck() {
  command -v valgrind >/dev/null || skip "valgrind is not installed"
  ZMQNG_WITHOUT=block-cache tools/memcheck.sh $release
}

run_step() {
  local name=$1 log=$logs/$1.log start=$SECONDS status counts verdict note=''
  [[ -t 1 ]] && printf '...      %-10s\r' "$name"
  ( "step_$name" ) >"$log" 2>&1 </dev/null
  status=$?
  counts=$(awk '$1 == "@counts" { p += $2; f += $3; s += $4; n = 1 }
                END { if (n) print p, f, s }' "$log")
  case $status in
    0) verdict=PASS counts=${counts:-1 0 0}
       note=$(sed -n 's/^[a-z]*: SKIPPED: //p' "$log" | tail -1) ;;
    77) verdict=SKIPPED counts='0 0 1' note=$(tail -n 1 "$log") ;;
    *) verdict=FAIL counts=${counts:-0 1 0} note="see $log" ;;
  esac
  # shellcheck disable=SC2086
  set -- $counts
  # A step may fail although all its tests passed, or end before the first.
  [[ $verdict == FAIL && $2 == 0 ]] && set -- "$1" 1 "$3"
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  printf '%-8s %-10s %5d s   %s passed, %s failed, %s skipped   %s\n' \
    "$verdict" "$name" $((SECONDS - start)) "$1" "$2" "$3" "$note"
  [[ $verdict == FAIL ]] && show_failure "$log"
  return 0
}

show_failure() { # what a reader wants to know first
  { grep -E '\*\*\*(Failed|Exception|Timeout)|^(FAIL|FAILED)\b|error:' "$1" || tail -n 5 "$1"; } |
    head -n 12 | sed -E 's/ +# GetParam.*\*\*\*/ ***/; s/ \.{4,}/ /; s/^ */           /'
}

steps=()
for argument in "$@"; do
  case $argument in
    --quick) steps+=($quick_steps) ;;
    *) declare -F "step_$argument" >/dev/null || { echo "no such step: $argument" >&2; exit 2; }
       steps+=("$argument") ;;
  esac
done
[[ ${steps[*]-} ]] || steps=($all_steps)

mkdir -p "$logs"
for step in "${steps[@]}"; do
  run_step "$step"
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
