// CHECK: guards an internal invariant in every build. Never used on anything that comes from
// outside (peer bytes, arguments of the C API, results of system calls): those are values, see
// result.h.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace zmqng {

[[noreturn]] inline void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "libzmq-ng: internal invariant broken: %s (%s:%d)\n", expression, file,
               line);
  std::abort();
}

}  // namespace zmqng

#define CHECK(expression)                        \
  (__builtin_expect(!!(expression), 1) ? (void)0 \
                                       : ::zmqng::check_failed(#expression, __FILE__, __LINE__))
