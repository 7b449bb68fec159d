#!/bin/bash
# check_binding_header.sh HEADER INCLUDE_DIR: a well-known binding's header compiles with our zmq.h,
# and with drafts where it knows them.
set -eu
header=$1 include=$2

case $header in
  *.hpp) compiler=g++ flags='-x c++ -std=c++17' ;;
  *) compiler=gcc flags='-x c -std=gnu11' ;;
esac
echo "#include <$header>" | $compiler $flags -E - >/dev/null 2>&1 ||
  { echo "$header is not installed"; exit 77; }
for drafts in -DDRAFTS=0 -DZMQ_BUILD_DRAFT_API=1; do
  # shellcheck disable=SC2086
  $compiler $flags -Wall $drafts -I"$include" -fsyntax-only - <<EOT
#include <zmq.h>
#if ZMQ_VERSION != 40305
#error another zmq.h came first
#endif
#include <$header>
EOT
done
