/* PUSH to PULL as fast as it goes; the end that receives takes the time, until the last message. */
#include <stdlib.h>

#include "cells/cells.h"
#include "cells/stream.h"

enum { kMib = 1 << 20 };

static void push(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket;
  meet();
  socket = open_socket(end, kPush, false);
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
  socket_t socket = open_socket(end, kPull, true);
  numbers_t numbers;
  meet();
  receive_all(socket, data, bytes);
  measure_begin(end);
  numbers = receive_all(socket, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  report(end, "mib_per_s",
         (double)numbers.received * (double)bytes * 1e9 / kMib / (double)end->worked_ns);
  close_socket(socket);
  free(data);
}

const cell_t kThroughput = {"throughput", "PUSH to PULL, messages per second", {pull, push}};
