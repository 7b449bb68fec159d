#!/bin/bash
# memcheck.sh BUILD_DIR: tests under valgrind, which must have nothing to report and gets no list of
# exceptions. A program of unit tests runs once as a whole, the API tests run by groups; a line
# `@counts` at the end counts the runs.
set -u
tree=$1
passed=0 failed=0

# Tests that provoke races with many threads, measure time or try very much are of no use at a
# fiftieth of the speed; the sanitizers run them.
slow="*Random*:*Stress*:*Interleaving*:*Thousand*:*Million*:*Fork*:*Every*:*Slow*"
# Of the API tests, one group per area.
api=("Of/FreshSocket*" "ContextOptions*" "Errors*" "TimersTest*"
  "Over/Transfer*" "Over/Pairing*" "Over/Asking*" "Over/Publishing*")

check() { # check PROGRAM FILTER
  echo "== $1 $2"
  # A filter that no test matches would pass.
  if [[ $("$1" --gtest_list_tests --gtest_filter="$2-$slow") == *$'\n  '* ]] &&
    timeout 600 valgrind -q --error-exitcode=99 --fair-sched=yes --leak-check=full \
      --errors-for-leak-kinds=definite,indirect,possible "$1" --gtest_brief=1 \
      --gtest_filter="$2-$slow"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $1 $2"
  fi
}

for program in "$tree"/tests/unit_*; do
  [[ -x $program && -f $program ]] && check "$program" '*'
done
for group in "${api[@]}"; do
  check "$tree/tests/api_tests" "$group"
done

echo "@counts $passed $failed 0"
[[ $failed == 0 && $passed -gt 0 ]]
