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
 * own kind of message, of which only the first kHeadBytes are read, and written but for what
 * occupy() does. api=buffer copies at any size. */
#ifndef BENCH_BACKEND_H
#define BENCH_BACKEND_H

#include <stdlib.h>

#include "harness/harness.h"

typedef enum { kPush, kPull, kReq, kRep, kPair, kRoles } role_t;

enum { kHeadBytes = 16, kLargeBytes = 65536, kPageBytes = 4096 };

static inline bool is_large(size_t bytes) {
  return bytes >= kLargeBytes && !option_is("api", "buffer");
}

static inline size_t head_of(size_t bytes) {
  return bytes < kHeadBytes ? bytes : kHeadBytes;
}

/* Writes into each page of what is to be sent. Memory that nobody has written is one page of zeros
 * over and over: a library that happens to take fresh memory for each message would seem to be
 * faster on the way to the kernel than any program makes it. Within a process nobody reads it. */
static inline void occupy(char* body, size_t bytes) {
  size_t at;
  if (is_inproc()) return;
  for (at = 0; at < bytes; at += kPageBytes) body[at] = 1;
}

/* What to send from; freed by the caller. */
static inline char* new_data(size_t bytes) {
  char* data = calloc(1, bytes);
  occupy(data, bytes);
  return data;
}

#include BACKEND

#endif
