/* libzmq.so.5, ours or another. */
#ifndef BENCH_ZMQ_H
#define BENCH_ZMQ_H

#include <string.h>
#include <zmq.h>

typedef void* socket_t;

enum { kQueueMessages = 1000, kQueueBytes = 8 << 20, kQueueMessagesMin = 4 };

static inline void must(bool is_good, const char* what) {
  if (!is_good) fail("%s: %s", what, zmq_strerror(zmq_errno()));
}

static inline void set_option(socket_t socket, int name, int value) {
  must(zmq_setsockopt(socket, name, &value, sizeof value) == 0, "zmq_setsockopt");
}

static inline socket_t new_socket(const end_t* end, int type) {
  socket_t socket = zmq_socket(end->context, type);
  must(socket != NULL, "zmq_socket");
  return socket;
}

static inline void attach(socket_t socket, bool binds, int index) {
  must((binds ? zmq_bind : zmq_connect)(socket, endpoint(index)) == 0, endpoint(index));
}

/* The default high water mark, but less where it would be gigabytes. */
static inline int queue_messages(void) {
  const size_t fits = kQueueBytes / message_bytes();
  return fits > kQueueMessages ? kQueueMessages
                               : (int)(fits < kQueueMessagesMin ? kQueueMessagesMin : fits);
}

static inline socket_t open_socket(const end_t* end, role_t role, bool binds) {
  static const int kTypes[kRoles] = {ZMQ_PUSH, ZMQ_PULL, ZMQ_REQ, ZMQ_REP, ZMQ_PAIR};
  socket_t socket = new_socket(end, kTypes[role]);
  set_option(socket, ZMQ_SNDHWM, queue_messages());
  set_option(socket, ZMQ_RCVHWM, queue_messages());
  attach(socket, binds, 0);
  return socket;
}

static inline void send_message(socket_t socket, const char* data, size_t bytes) {
  zmq_msg_t message;
  if (!is_large(bytes)) {
    must(zmq_send(socket, data, bytes, 0) == (int)bytes, "zmq_send");
    return;
  }
  must(zmq_msg_init_size(&message, bytes) == 0, "zmq_msg_init_size");
  occupy(zmq_msg_data(&message), bytes);
  memcpy(zmq_msg_data(&message), data, kHeadBytes);
  must(zmq_msg_send(&message, socket, 0) == (int)bytes, "zmq_msg_send");
}

static inline void receive_message(socket_t socket, char* data, size_t bytes) {
  zmq_msg_t message;
  if (!is_large(bytes)) {
    must(zmq_recv(socket, data, bytes, 0) == (int)bytes, "zmq_recv");
    return;
  }
  zmq_msg_init(&message);
  must(zmq_msg_recv(&message, socket, 0) == (int)bytes, "zmq_msg_recv");
  memcpy(data, zmq_msg_data(&message), kHeadBytes);
  zmq_msg_close(&message);
}

static inline void close_socket(socket_t socket) {
  zmq_close(socket);
}

#endif
