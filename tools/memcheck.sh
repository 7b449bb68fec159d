#!/bin/bash
# memcheck.sh BUILD_DIR: tests under valgrind, which must have nothing to report and gets no list of
# exceptions. Each program runs once as a whole; a line `@counts` at the end counts programs.
set -u
tree=$1
passed=0 failed=0

# Tests that provoke races with many threads, or measure time, are of no use at a fiftieth of the
# speed; ThreadSanitizer runs them.
slow="*Stress*:*Interleaving*:*Thousand*:*Million*:*Fork*:*Every*:*Slow*"
# Of the API tests, one group per area.
api="Of/FreshSocket*:ContextOptions*:Errors*:TimersTest*"
api+=":Over/Transfer*:Over/Pairing*:Over/Asking*:Over/Publishing*"

check() { # check PROGRAM FILTER
  echo "== $1 $2"
  if timeout 300 valgrind -q --error-exitcode=99 --fair-sched=yes --leak-check=full \
      --errors-for-leak-kinds=definite,indirect,possible "$1" --gtest_brief=1 \
      --gtest_filter="$2-$slow"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $1"
  fi
}

for program in "$tree"/tests/unit_*; do
  [[ -x $program && -f $program ]] && check "$program" '*'
done
[[ -x $tree/tests/api_tests ]] && check "$tree/tests/api_tests" "$api"

echo "@counts $passed $failed 0"
[[ $failed == 0 ]]
