/* zmq_poll over count= PULLs of which one, in the middle, is ready. */
#include <stdio.h>
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"

enum { kCallsPerClock = 16 };

static int64_t poll_until(zmq_pollitem_t* items, long count, int64_t end_ns) {
  int64_t calls = 0;
  do {
    must(zmq_poll(items, (int)count, -1) == 1, "zmq_poll");
    ++calls;
  } while (calls % kCallsPerClock != 0 || now_ns() < end_ns);
  if (!(items[count / 2].revents & ZMQ_POLLIN)) fail("another one is ready");
  return calls;
}

static void poll_sockets(end_t* end) {
  const long count = number_option("count", 10);
  zmq_pollitem_t* items = calloc((size_t)count, sizeof *items);
  char address[kTextMax];
  socket_t sender = new_socket(end, ZMQ_PUSH);
  int64_t calls;
  long i;
  for (i = 0; i < count; ++i) {
    items[i].socket = new_socket(end, ZMQ_PULL);
    items[i].events = ZMQ_POLLIN;
    snprintf(address, sizeof address, "inproc://poll-%ld", i);
    must(zmq_bind(items[i].socket, address) == 0, "zmq_bind");
  }
  snprintf(address, sizeof address, "inproc://poll-%ld", count / 2);
  must(zmq_connect(sender, address) == 0, "zmq_connect");
  must(zmq_send(sender, "x", 1, 0) == 1, "zmq_send");
  poll_until(items, count, now_ns() + warm_up_ns());
  measure_begin(end);
  calls = poll_until(items, count, end->begun_ns + duration_ns());
  measure_end(end);
  report(end, "calls", (double)calls);
  report(end, "call_us", (double)end->worked_ns / 1e3 / (double)calls);
  for (i = 0; i < count; ++i) close_socket(items[i].socket);
  close_socket(sender);
  free(items);
}

const cell_t kPoll = {"poll", "zmq_poll over count= sockets, one ready", {poll_sockets}};
