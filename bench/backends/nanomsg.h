/* nanomsg. */
#ifndef BENCH_NANOMSG_H
#define BENCH_NANOMSG_H

#include <nanomsg/nn.h>
#include <nanomsg/pair.h>
#include <nanomsg/pipeline.h>
#include <nanomsg/reqrep.h>
#include <string.h>

typedef int socket_t;

static inline void must(bool is_good, const char* what) {
  if (!is_good) fail("%s: %s", what, nn_strerror(nn_errno()));
}

static inline socket_t open_socket(const end_t* end, role_t role, bool binds) {
  static const int kTypes[kRoles] = {NN_PUSH, NN_PULL, NN_REQ, NN_REP, NN_PAIR};
  const int socket = nn_socket(AF_SP, kTypes[role]), no_limit = -1;
  (void)end;
  must(socket >= 0, "nn_socket");
  must(nn_setsockopt(socket, NN_SOL_SOCKET, NN_RCVMAXSIZE, &no_limit, sizeof no_limit) == 0,
       "NN_RCVMAXSIZE");
  must((binds ? nn_bind : nn_connect)(socket, endpoint(0)) >= 0, endpoint(0));
  return socket;
}

static inline void send_message(socket_t socket, const char* data, size_t bytes) {
  void* large;
  if (!is_large(bytes)) {
    must(nn_send(socket, data, bytes, 0) == (int)bytes, "nn_send");
    return;
  }
  large = nn_allocmsg(bytes, 0);
  must(large != NULL, "nn_allocmsg");
  occupy(large, bytes);
  memcpy(large, data, kHeadBytes);
  must(nn_send(socket, (void*)&large, NN_MSG, 0) == (int)bytes, "nn_send");
}

static inline void receive_message(socket_t socket, char* data, size_t bytes) {
  void* large;
  if (!is_large(bytes)) {
    must(nn_recv(socket, data, bytes, 0) == (int)bytes, "nn_recv");
    return;
  }
  must(nn_recv(socket, (void*)&large, NN_MSG, 0) == (int)bytes, "nn_recv");
  memcpy(data, large, kHeadBytes);
  nn_freemsg(large);
}

static inline void close_socket(socket_t socket) {
  nn_close(socket);
}

#endif
