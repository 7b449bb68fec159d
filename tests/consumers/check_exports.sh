#!/bin/bash
# check_exports.sh LIBRARY NAMES: the shared library offers exactly the listed functions, without
# versions, under the right soname, and needs nothing unusual.
set -eu
library=$1 names=$2
failed=0
fail() { echo "FAILED: $*"; failed=1; }

exported=$(nm -D --defined-only --with-symbol-versions "$library" | awk '{ print $2, $3 }' | sort)
expected=$(sed 's/^/T /' "$names" | sort)
diff <(echo "$expected") <(echo "$exported") || fail "exports differ (<: missing, >: too much)"

dynamic=$(readelf -dW "$library")
grep -q 'SONAME.*\[libzmq\.so\.5\]' <<<"$dynamic" || fail "soname is not libzmq.so.5"
[[ $(basename "$(readlink -f "$library")") == libzmq.so.5.2.5 ]] || fail "wrong file name"
grep -E 'VERDEF|RPATH|RUNPATH|TEXTREL' <<<"$dynamic" && fail "unwanted dynamic entry"

allowed='lib(sodium|stdc\+\+|gcc_s|c|m)\.so\.[0-9]+|ld-linux.*'
needed=$(sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' <<<"$dynamic")
grep -vxE "$allowed" <<<"$needed" && fail "needs a library that it should not"

exit $failed
