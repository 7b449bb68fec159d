/* Numbered messages as fast as they go, for a time; used by several cells. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "backends/backend.h"
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

#endif
