/* PUSH to PULL as fast as it goes; the end that receives takes the time, until the last message. */
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kMib = 1 << 20 };

static void send_until(socket_t socket, char* data, size_t bytes, int64_t end_ns) {
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

static numbers_t receive_all(socket_t socket, char* data, size_t bytes) {
  numbers_t numbers = {0, 0, 0};
  do receive_message(socket, data, bytes);
  while (!check_number(&numbers, get_number(data)));
  return numbers;
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
