/* PUSH to PULL through zmq_proxy, which has an end of its own. */
#include <pthread.h>
#include <stdlib.h>

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
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket;
  meet();
  socket = open_at(end, ZMQ_PUSH, false, 0);
  send_until(socket, data, bytes, now_ns() + warm_up_ns());
  measure_begin(end);
  send_until(socket, data, bytes, end->begun_ns + duration_ns());
  measure_end(end);
  close_socket(socket);
  free(data);
}

static void pull(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  numbers_t numbers;
  socket_t socket;
  meet();
  socket = open_at(end, ZMQ_PULL, false, 1);
  receive_all(socket, data, bytes);
  measure_begin(end);
  numbers = receive_all(socket, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  close_socket(socket);
  free(data);
}

const cell_t kProxy = {"proxy", "PUSH to PULL through zmq_proxy", {proxy, push, pull}};
