#!/bin/bash
# check_header.sh STANDARD INCLUDE_DIR: zmq.h and zmq_utils.h compile in this standard with every
# compiler here, with and without drafts, alone, twice, and without a warning; in C also that they
# have every constant and function (header_names.c).
set -eu
standard=$1 include=$2
here=$(dirname "$0")

case $standard in
  c++*) language=c++ compilers='g++ clang++-14' ;;
  *) language=c compilers='gcc clang-14' ;;
esac
source='#include <zmq.h>
#include <zmq.h>
#include <zmq_utils.h>
#ifdef ZMQ_EXPORT
#error ZMQ_EXPORT leaks
#endif
typedef char message_size[sizeof(zmq_msg_t) == 64 ? 1 : -1];
typedef char item_size[sizeof(zmq_pollitem_t) == 16 ? 1 : -1];
int f(void);
int f(void) { zmq_msg_t m; return zmq_msg_init(&m) + ZMQ_VERSION; }'

for compiler in $compilers; do
  command -v $compiler >/dev/null || { echo "no $compiler here"; continue; }
  for drafts in -DDRAFTS=0 -DZMQ_BUILD_DRAFT_API=1; do
    $compiler -x $language -std=$standard -Wall -Wextra -Wpedantic -Werror $drafts \
      -I"$include" -fsyntax-only - <<<"$source"
    [[ $language == c ]] && $compiler -std=$standard -Wall -Wextra -Wpedantic -Werror $drafts \
      -I"$include" -fsyntax-only "$here/header_names.c"
  done
  # Warnings of clang about C; g++ does not know them.
  [[ $language == c ]] && $compiler -x c -std=$standard -Wstrict-prototypes -Wall -Werror \
    -I"$include" -fsyntax-only - <<<"$source"
done
exit 0
