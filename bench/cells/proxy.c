/* PUSH to PULL through zmq_proxy, which has an end of its own. */
#include <pthread.h>

#include "cells/cells.h"
#include "cells/stream.h"

static socket_t open_at(const end_t* end, int type, bool binds, int index) {
  socket_t socket = new_socket(end, type);
  set_option(socket, ZMQ_SNDHWM, queue_messages());
  set_option(socket, ZMQ_RCVHWM, queue_messages());
  attach(socket, binds, index);
  return socket;
}

typedef struct {
  socket_t front;
  socket_t back;
} sides_t;

/* Ends when the context is shut down. */
static void* run_proxy(void* argument) {
  const sides_t* sides = argument;
  zmq_proxy(sides->front, sides->back, NULL);
  close_socket(sides->front);
  close_socket(sides->back);
  return NULL;
}

static void proxy(end_t* end) {
  sides_t sides = {open_at(end, ZMQ_PULL, true, 0), open_at(end, ZMQ_PUSH, true, 1)};
  pthread_t thread;
  if (pthread_create(&thread, NULL, run_proxy, &sides) != 0) fail("pthread_create");
  meet();
  measure_begin(end);
  measure_end(end);
  zmq_ctx_shutdown(end->context);
  pthread_join(thread, NULL);
}

static void push(end_t* end) {
  meet();
  push_stream(end, open_at(end, ZMQ_PUSH, false, 0));
}

static void pull(end_t* end) {
  meet();
  pull_stream(end, open_at(end, ZMQ_PULL, false, 1));
}

const cell_t kProxy = {"proxy", "PUSH to PULL through zmq_proxy", {proxy, push, pull}};
