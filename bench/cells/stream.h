/* Numbered messages as fast as they go, for a time; used by several cells. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

static inline void send_until(socket_t socket, char* data, size_t bytes, int64_t end_ns) {
  const uint64_t per_clock = bytes * kMessagesPerClock > kBytesPerClock ? 1 : kMessagesPerClock;
  uint64_t number = 0;
  bool is_last;
  do {
    is_last = number % per_clock == 0 && now_ns() >= end_ns;
    put_number(data, is_last ? number | kLast : number);
    send_message(socket, data, bytes);
    ++number;
  } while (!is_last);
}

static inline numbers_t receive_all(socket_t socket, char* data, size_t bytes) {
  numbers_t numbers = {0, 0, 0};
  do receive_message(socket, data, bytes);
  while (!check_number(&numbers, get_number(data)));
  return numbers;
}

/* One end of a stream once its socket is open: warms up, and measures. Closes the socket. */
static inline void push_stream(end_t* end, socket_t socket) {
  const size_t bytes = message_bytes();
  char* data = new_data(bytes);
  send_until(socket, data, bytes, now_ns() + warm_up_ns());
  measure_begin(end);
  send_until(socket, data, bytes, end->begun_ns + duration_ns());
  measure_end(end);
  close_socket(socket);
  free(data);
}

/* The other end; reports the rate, and returns how many came. Closes the socket. */
static inline int64_t pull_stream(end_t* end, socket_t socket) {
  const size_t bytes = message_bytes();
  char* data = new_data(bytes);
  numbers_t numbers;
  receive_all(socket, data, bytes);
  measure_begin(end);
  numbers = receive_all(socket, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  close_socket(socket);
  free(data);
  return numbers.received;
}

#endif
