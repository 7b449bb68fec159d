/* One interface for what can be measured: this includes the header that BACKEND names (zmq.h,
 * nng.h, nanomsg.h or raw.h of this folder), which has
 *
 *   socket_t                                  and, all inline so that calls cost nothing:
 *   open_socket(end, role, binds)             the binding end opens first
 *   send_message(socket, data, bytes)         blocks
 *   receive_message(socket, data, bytes)      blocks; fails if the size is another
 *   close_socket(socket)
 *
 * From kLargeBytes on a message is not copied by the caller: it is made and taken as the library's
 * own kind of message, of which only the first kHeadBytes are written and read. api=buffer copies
 * at any size. */
#ifndef BENCH_BACKEND_H
#define BENCH_BACKEND_H

#include "harness/harness.h"

typedef enum { kPush, kPull, kReq, kRep, kPair, kRoles } role_t;

enum { kHeadBytes = 16, kLargeBytes = 65536 };

static inline bool is_large(size_t bytes) {
  return bytes >= kLargeBytes && !option_is("api", "buffer");
}

static inline size_t head_of(size_t bytes) {
  return bytes < kHeadBytes ? bytes : kHeadBytes;
}

#include BACKEND

#endif
