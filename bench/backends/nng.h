/* nng, by its own interface. */
#ifndef BENCH_NNG_H
#define BENCH_NNG_H

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <string.h>

typedef nng_socket socket_t;

static inline void must(int error, const char* what) {
  if (error != 0) fail("%s: %s", what, nng_strerror(error));
}

static inline socket_t open_socket(const end_t* end, role_t role, bool binds) {
  static int (*const kOpen[kRoles])(nng_socket*) = {nng_push0_open, nng_pull0_open, nng_req0_open,
                                                    nng_rep0_open, nng_pair0_open};
  nng_socket socket;
  (void)end;
  must(kOpen[role](&socket), "open");
  must(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, 0), "NNG_OPT_RECVMAXSZ");
  must(binds ? nng_listen(socket, endpoint(0), NULL, 0) : nng_dial(socket, endpoint(0), NULL, 0),
       endpoint(0));
  return socket;
}

static inline void send_message(socket_t socket, const char* data, size_t bytes) {
  void* large;
  if (!is_large(bytes)) {
    must(nng_send(socket, (void*)data, bytes, 0), "nng_send");
    return;
  }
  large = nng_alloc(bytes);
  if (!large) fail("nng_alloc");
  occupy(large, bytes);
  memcpy(large, data, kHeadBytes);
  must(nng_send(socket, large, bytes, NNG_FLAG_ALLOC), "nng_send");
}

static inline void receive_message(socket_t socket, char* data, size_t bytes) {
  void* large;
  size_t size = bytes;
  if (!is_large(bytes)) {
    must(nng_recv(socket, data, &size, 0), "nng_recv");
    if (size != bytes) fail("size");
    return;
  }
  must(nng_recv(socket, (void*)&large, &size, NNG_FLAG_ALLOC), "nng_recv");
  if (size != bytes) fail("size");
  memcpy(data, large, kHeadBytes);
  nng_free(large, size);
}

static inline void close_socket(socket_t socket) {
  nng_close(socket);
}

#endif
