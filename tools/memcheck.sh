#!/bin/bash
# memcheck.sh BUILD_DIR [JOBS]: tests under valgrind, which must have nothing to report and gets no
# list of exceptions. A program of unit tests runs once as a whole, the API tests run by groups; a
# line `@counts` at the end counts the runs.
set -u
tree=$1
jobs=${2:-$(nproc)}

# Tests that provoke races with many threads, measure time or try very much are of no use at a
# fiftieth of the speed; the sanitizers run them.
export slow="*Random*:*Stress*:*Interleaving*:*Thousand*:*Million*:*Fork*:*Every*:*Slow*"
# Of the API tests, one group per area.
api=("Of/FreshSocket*" "ContextOptions*" "Errors*" "TimersTest*"
  "Over/Transfer*" "Over/Pairing*" "Over/Asking*" "Over/Publishing*")

check() { # check PROGRAM FILTER
  local output verdict=FAIL
  # A filter that no test matches would pass.
  if [[ $("$1" --gtest_list_tests --gtest_filter="$2-$slow") == *$'\n  '* ]] &&
    output=$(timeout 600 valgrind -q --error-exitcode=99 --fair-sched=yes --leak-check=full \
      --errors-for-leak-kinds=definite,indirect,possible "$1" --gtest_brief=1 \
      --gtest_filter="$2-$slow" 2>&1); then
    verdict=PASS
  fi
  echo "$verdict $1 $2"
  [[ $verdict == PASS ]] || echo "$output"
}
export -f check

results=$(
  {
    for program in "$tree"/tests/unit_*; do
      [[ -x $program && -f $program ]] && printf '%s\0*\0' "$program"
    done
    for group in "${api[@]}"; do printf '%s\0' "$tree/tests/api_tests" "$group"; done
  } | xargs -0 -n 2 -P "$jobs" bash -c 'check "$@"' check
)
echo "$results"
passed=$(grep -c '^PASS ' <<<"$results")
failed=$(grep -c '^FAIL ' <<<"$results")
echo "@counts $passed $failed 0"
[[ $failed == 0 && $passed -gt 0 ]]
